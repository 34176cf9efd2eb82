variable "name" {
  description = "Name of the bucket, unique among all buckets of AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 63 lower-case letters, digits and hyphens, and start and end with no hyphen."
  }
}

variable "encryption" {
  description = "Whether objects are encrypted under a KMS key, and the ARN of that key; else under S3's own keys."
  type        = object({ kms = bool, key_arn = optional(string) })
  default     = { kms = false }

  validation {
    condition     = var.encryption.kms == (var.encryption.key_arn != null)
    error_message = "encryption.key_arn must be given with encryption.kms, and only then."
  }
}

variable "retention" {
  description = "Days after which an object expires (null: never), and days that a replaced or expired one can be had back."
  type        = object({ days = optional(number), replaced_days = number })

  validation {
    condition     = var.retention.days == null ? true : var.retention.days >= 1 && floor(var.retention.days) == var.retention.days
    error_message = "retention.days must be whole days, at least 1."
  }

  validation {
    condition     = var.retention.replaced_days >= 1 && floor(var.retention.replaced_days) == var.retention.replaced_days
    error_message = "retention.replaced_days must be whole days, at least 1."
  }
}
