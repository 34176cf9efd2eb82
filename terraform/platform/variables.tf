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

variable "alarm_emails" {
  description = "Mail addresses that are told of alarms, failed pipelines and the budget; each has to confirm."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$", address))])
    error_message = "alarm_emails must be mail addresses such as operators@example.com."
  }
}

variable "monthly_budget_usd" {
  description = "Cost of the account in a month (US dollars) that the budget warns of: at 80 % and 100 % of it, and when the forecast is above it."
  type        = number
  default     = 50

  validation {
    condition     = var.monthly_budget_usd > 0
    error_message = "monthly_budget_usd must be more than 0."
  }
}

variable "log_retention_days" {
  description = "Days that the events of the library's builds are kept."
  type        = number
  default     = 30
}

variable "closed_branches" {
  description = "Branch that developers change by pull requests only, by service (lambda-lib for the library), for example `{ location = \"main\" }`. How many have to approve is `review` of the service."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for branch in values(var.closed_branches) : can(regex("^[A-Za-z0-9._/-]+$", branch)) && !startswith(branch, "refs/")])
    error_message = "closed_branches must be names of branches, such as main, without refs/heads/."
  }

  validation {
    condition     = alltrue([for service in keys(var.closed_branches) : can(regex("^[a-z][a-z0-9-]{1,29}$", service))])
    error_message = "closed_branches must be by the names of services, without the environment's, such as location."
  }
}
