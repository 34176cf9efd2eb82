variable "environment" {
  description = "Name of the environment, the first part of every name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,9}$", var.environment))
    error_message = "environment must be 2 to 10 lower-case letters and digits and start with a letter."
  }
}

variable "account_id" {
  description = "AWS account id (12 digits)."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be 12 digits."
  }
}

variable "region" {
  description = "AWS region, for example us-east-1."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be an AWS region such as us-east-1."
  }
}

variable "services" {
  description = "Names of the services whose names are wanted."
  type        = set(string)
  default     = []

  validation {
    # The longest name made of it, an IAM role's, has 64 characters at most.
    condition     = alltrue([for name in var.services : can(regex("^[a-z][a-z0-9-]{1,29}$", name))])
    error_message = "A service's name must be 2 to 30 lower-case letters, digits and hyphens and start with a letter."
  }

  validation {
    condition     = length(setintersection(var.services, ["load-operator", "lambda-lib"])) == 0
    error_message = "load-operator names the platform's role for load tests, lambda-lib its library: no service may have that name."
  }

  validation {
    condition     = !anytrue([for name in var.services : endswith(name, "-release")])
    error_message = "A service's name must not end in -release: the project that releases another service's contract may have that name."
  }
}
