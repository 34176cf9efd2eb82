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

variable "review" {
  description = "Pull requests to this branch need so many approvals, of the approvers (ARNs of users or of roles' sessions, `*` allowed; anyone if none is named). Null: none."
  type = object({
    branch    = string
    approvals = optional(number, 1)
    approvers = optional(set(string), [])
  })
  default = null

  validation {
    condition     = var.review == null ? true : var.review.approvals >= 1 && floor(var.review.approvals) == var.review.approvals
    error_message = "review.approvals must be 1 or more."
  }

  validation {
    condition     = var.review == null ? true : alltrue([for approver in var.review.approvers : can(regex("^arn:aws:(iam|sts)::[0-9]{12}:.+$", approver))])
    error_message = "Each of review.approvers must be the ARN of a user or of a role's sessions, such as arn:aws:sts::123456789012:assumed-role/reviewer/*."
  }
}
