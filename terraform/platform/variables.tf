variable "environment" {
  description = "Name of the environment, the first part of every name."
  type        = string
}

variable "account_id" {
  description = "AWS account id (12 digits); Terraform refuses to work in any other account."
  type        = string
}

variable "region" {
  description = "AWS region."
  type        = string
}

variable "load_operator_routes" {
  description = "Signed routes that the load operator may call, as method and path; each callee admits it, or not, by its own signed_routes."
  type        = set(string)
  default     = ["GET /locations/{user_id}"]

  validation {
    condition     = alltrue([for route in var.load_operator_routes : startswith(route, "GET /")])
    error_message = "The load operator may only read: each of load_operator_routes must start with GET /."
  }
}
