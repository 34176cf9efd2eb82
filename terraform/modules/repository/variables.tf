variable "name" {
  description = "Name of the repository."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,100}$", var.name)) && !endswith(var.name, ".git")
    error_message = "name must be 1 to 100 letters, digits, dots, underscores and hyphens, and not end in .git."
  }
}

variable "description" {
  description = "What the repository is for."
  type        = string
}
