variable "prefix" {
  description = "First part of every alarm's name; the rest is the name of its runbook."
  type        = string
}

variable "topic_arn" {
  description = "ARN of the topic that hears of ALARM and of OK."
  type        = string
}

variable "runbooks" {
  description = "Folder or URL of the runbooks, without a trailing slash."
  type        = string
  default     = "docs/runbooks"
}

variable "table_name" {
  description = "Name of the table to watch."
  type        = string
}

variable "function_name" {
  description = "Name of the function to watch."
  type        = string
}

variable "api" {
  description = "Name and stage of the REST API to watch."
  type        = object({ name = string, stage = string })
}

variable "thresholds" {
  description = "Count in one minute from which each alarm fires: throttled reads, throttled writes, failed invocations, 5XX replies."
  type = object({
    read_throttle   = optional(number, 1)
    write_throttle  = optional(number, 1)
    function_errors = optional(number, 1)
    api_5xx         = optional(number, 5)
  })
  default = {}

  validation {
    condition     = alltrue([for threshold in values(var.thresholds) : threshold >= 1])
    error_message = "Each threshold must be 1 or more: at 0 the alarm would always fire."
  }
}
