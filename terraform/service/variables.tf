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

variable "service" {
  description = "Name of the service; its contract is `openapi.json` in the folder of that name under `services_dir`."
  type        = string
}

variable "services_dir" {
  description = "Folder of the services, relative to this root."
  type        = string
  default     = "../../services"
}

variable "handler" {
  description = "Entry of the bundle, `module.function`. Not the service's own module: the placeholder of the first apply must have it too."
  type        = string
  default     = "main.handler"
}

variable "runtime" {
  description = "Lambda runtime."
  type        = string
  default     = "python3.13"
}

variable "architecture" {
  description = "Instruction set of the function: x86_64 or arm64."
  type        = string
  default     = "x86_64"
}

variable "memory_mb" {
  description = "Memory of the function (MB)."
  type        = number
}

variable "timeout_s" {
  description = "Longest run of one invocation (seconds)."
  type        = number
}

variable "table" {
  description = "The service's table: its keys, its capacity (units per second), the attribute of items' end (seconds since the epoch) if any, and the DynamoDB actions that the service uses."
  type = object({
    hash_key       = object({ name = string, type = optional(string, "S") })
    range_key      = optional(object({ name = string, type = optional(string, "S") }))
    read_capacity  = number
    write_capacity = number
    ttl_attribute  = optional(string)
    actions        = set(string)
  })
}

variable "signed_routes" {
  description = "Callers of each route that takes signed requests (AWS_IAM): names of services, or load-operator, by route, for example `GET /locations/{user_id}`."
  type        = map(set(string))
  default     = {}
}

variable "calls" {
  description = "Signed routes of other services that this one calls, by service."
  type        = map(set(string))
  default     = {}

  validation {
    condition     = alltrue([for route in flatten([for routes in values(var.calls) : tolist(routes)]) : can(regex("^(GET|PUT|POST|PATCH|DELETE) /", route))])
    error_message = "A route in calls must be a method and a path, for example POST /introspect."
  }

  validation {
    condition     = !contains(keys(var.calls), var.service)
    error_message = "A service does not call itself."
  }
}

variable "throttle" {
  description = "Limit of requests to each method of the API: a bucket of `burst_limit` requests, refilled at `rate_per_s` (requests per second)."
  type        = object({ rate_per_s = optional(number, 500), burst_limit = optional(number, 1000) })
  default     = {}
}

variable "alarm_thresholds" {
  description = "Count in one minute from which each alarm fires: throttled reads, throttled writes, failed invocations, 5XX replies."
  type = object({
    read_throttle   = optional(number)
    write_throttle  = optional(number)
    function_errors = optional(number)
    api_5xx         = optional(number)
  })
  default = {}
}

variable "log_level" {
  description = "Level from which the function logs."
  type        = string
  default     = "INFO"

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], var.log_level)
    error_message = "log_level must be DEBUG, INFO, WARNING, ERROR or CRITICAL."
  }
}

variable "log_retention_days" {
  description = "Days that log events are kept."
  type        = number
  default     = 30
}

variable "branch" {
  description = "Branch of the repository whose pushes are released."
  type        = string
  default     = "main"
}
