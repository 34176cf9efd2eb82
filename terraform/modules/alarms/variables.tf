variable "prefix" {
  description = "First part of every alarm's name; the rest, up to a slash, is the name of its runbook."
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

variable "table" {
  description = "The table to watch: its name, and the capacity (units per second) that it and each of its indexes, by name, have; where capacity is scaled, the most that it may become."
  type = object({
    name           = string
    read_capacity  = number
    write_capacity = number
    indexes        = optional(map(object({ read_capacity = number, write_capacity = number })), {})
  })
}

variable "function" {
  description = "The function to watch: its name, the longest run of an invocation (seconds) and how many may run at the same time."
  type        = object({ name = string, timeout_s = number, concurrency_limit = optional(number, 1000) })

  validation {
    condition     = var.function.timeout_s > 0 && var.function.concurrency_limit > 0
    error_message = "A function's timeout and its concurrency limit must be above 0: there is nothing to watch in one that never runs."
  }
}

variable "api" {
  description = "Name and stage of the REST API to watch."
  type        = object({ name = string, stage = string })
}

variable "service" {
  description = "The service as its own metrics name it: the namespace, the value of the dimension `service`, and the names of the metrics that it emits."
  type        = object({ namespace = string, name = string, metrics = set(string) })

  validation {
    condition     = length(setsubtract(["ServerErrors", "Throttled"], var.service.metrics)) == 0
    error_message = "The service must emit ServerErrors and Throttled: they tell a bad release from too much demand."
  }
}

variable "pipeline" {
  description = "The pipeline to watch: its name and the stage that releases."
  type        = object({ name = string, release_stage = string })
}

variable "slo_percent" {
  description = "Objective: the part of the requests (percent, over 30 days) that are not answered 5XX."
  type        = number
  default     = 99.9

  validation {
    condition     = var.slo_percent >= 90 && var.slo_percent < 100
    error_message = "slo_percent must be from 90 up to, but not, 100: at 100 any failure is out of budget."
  }
}

variable "thresholds" {
  description = "From which each alarm fires. In one minute: throttled reads and writes, failed and throttled invocations, 5XX replies (percent of the requests, and how many at least), replies of the service with 5XX that are not throttled, failed introspections. Percent of its limit: consumed capacity, duration, concurrency. 99th percentile of the API's latency (milliseconds)."
  type = object({
    read_throttle         = optional(number, 1)
    write_throttle        = optional(number, 1)
    function_errors       = optional(number, 1)
    function_throttles    = optional(number, 1)
    api_5xx_percent       = optional(number, 5)
    api_5xx_count         = optional(number, 5)
    server_errors         = optional(number, 5)
    failed_introspections = optional(number, 1)
    capacity_percent      = optional(number, 80)
    duration_percent      = optional(number, 80)
    concurrency_percent   = optional(number, 80)
    api_latency_ms        = optional(number, 2000)
  })
  default = {}

  validation {
    condition     = alltrue([for threshold in values(var.thresholds) : threshold >= 1])
    error_message = "Each threshold must be 1 or more: at 0 the alarm would always fire."
  }

  validation {
    condition     = alltrue([for name, threshold in var.thresholds : threshold <= 100 if endswith(name, "_percent")])
    error_message = "A threshold in percent must be 100 or less: the alarm would never fire."
  }
}
