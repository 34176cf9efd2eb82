variable "name" {
  description = "Name of the function."
  type        = string
}

variable "alias" {
  description = "Alias that callers use and that a release moves."
  type        = string
}

variable "role" {
  description = "Name and ARN of the function's role. The ARN is given, so that the plan shows it before the role exists."
  type        = object({ name = string, arn = string })
}

variable "permissions_boundary" {
  description = "ARN of the policy that bounds the role."
  type        = string
}

variable "log_group" {
  description = "Name and ARN of the function's log group."
  type        = object({ name = string, arn = string })
}

variable "handler" {
  description = "Entry of the bundle, `module.function`. The placeholder has `main.handler`, and so must every bundle."
  type        = string
  default     = "main.handler"
}

variable "runtime" {
  description = "Lambda runtime. Provider 5.100 knows Python up to 3.13."
  type        = string
  default     = "python3.13"

  validation {
    condition     = startswith(var.runtime, "python3.")
    error_message = "runtime must be a Python runtime: the placeholder is Python."
  }
}

variable "architecture" {
  description = "Instruction set: x86_64 or arm64. A bundle is built for one of them."
  type        = string
  default     = "x86_64"

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "architecture must be x86_64 or arm64."
  }
}

variable "memory_mb" {
  description = "Memory (MB); CPU grows with it, one whole CPU at 1,769 MB."
  type        = number

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240
    error_message = "memory_mb must be 128 to 10240."
  }
}

variable "timeout_s" {
  description = "Longest run of one invocation (seconds). API Gateway waits for 29 s at most."
  type        = number

  validation {
    condition     = var.timeout_s >= 1 && var.timeout_s <= 29
    error_message = "timeout_s must be 1 to 29: API Gateway answers 504 after 29 s."
  }
}

variable "environment" {
  description = "Environment variables of the function. No secrets: a plan shows them."
  type        = map(string)
}

variable "log_retention_days" {
  description = "Days that log events are kept."
  type        = number

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "log_retention_days must be one of the periods that CloudWatch Logs offers, up to 731."
  }
}

variable "snap_start" {
  description = "Whether new execution environments of published versions start from a snapshot of an initialised one. Kept snapshots and each start cost, and what the module makes at import (random numbers, connections) is the same in all."
  type        = bool
  default     = false

  # https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
  validation {
    condition     = !var.snap_start || can(regex("^python3\\.(1[2-9]|[2-9][0-9])$", var.runtime))
    error_message = "snap_start needs Python 3.12 or later."
  }
}

variable "tracing" {
  description = "Whether Lambda samples requests for X-Ray traces. Without it a trace that a caller has begun goes on to what the function calls, and has no segment of the function."
  type        = bool
  default     = false
}

variable "reserved_concurrency" {
  description = "Most invocations at the same time, taken from the account's for this function alone; 0 stops the function, null reserves none. AWS leaves at least 100 unreserved."
  type        = number
  default     = null

  validation {
    condition     = var.reserved_concurrency == null ? true : var.reserved_concurrency >= 0 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency must be a whole number, 0 or more, or null."
  }
}

variable "log_format" {
  description = "Format of what Lambda itself and its runtime log: JSON, or Text. What the function writes stays as it is: lambda_lib writes JSON."
  type        = string
  default     = "JSON"

  validation {
    condition     = contains(["JSON", "Text"], var.log_format)
    error_message = "log_format must be JSON or Text."
  }
}

variable "log_level" {
  description = "Level from which Lambda keeps the function's lines, with log_format JSON. In Text it keeps all, and the function alone chooses."
  type        = string
  default     = "INFO"

  # https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
  validation {
    condition     = var.log_format == "Text" || contains(["DEBUG", "INFO"], var.log_level)
    error_message = "log_level must be DEBUG or INFO, or log_format Text: in JSON Lambda drops what is below the level, and takes embedded metrics, which have none, for INFO."
  }
}

variable "table" {
  description = "ARN of the function's own table, the DynamoDB actions (without `dynamodb:`) that it may use on it, and the names of those of its indexes that it may query."
  type        = object({ arn = string, actions = set(string), indexes = optional(set(string), []) })

  validation {
    # IAM takes any word for an action, and grants nothing by one that does not exist. (A transaction needs those of its parts.)
    condition = length(var.table.actions) > 0 && length(setsubtract(var.table.actions, [
      "BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem",
    ])) == 0
    error_message = "table.actions must name at least one action on items, in full: BatchGetItem, BatchWriteItem, ConditionCheckItem, DeleteItem, GetItem, PutItem, Query, Scan, UpdateItem."
  }
}

variable "calls" {
  description = "Requests to other services that the function may sign, as `execute-api` ARNs."
  type        = set(string)
  default     = []
}

variable "url_parameters" {
  description = "ARNs of the parameters in which the called services publish their URLs."
  type        = set(string)
  default     = []
}
