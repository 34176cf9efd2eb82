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

variable "snap_start" {
  description = "Whether new execution environments start from a snapshot of an initialised one. Kept snapshots and each start cost."
  type        = bool
  default     = false
}

variable "tracing" {
  description = "Whether API Gateway and Lambda sample requests for X-Ray traces."
  type        = bool
  default     = false
}

variable "reserved_concurrency" {
  description = "Most invocations at the same time, taken from the account's for this service alone; 0 stops the service, null reserves none."
  type        = number
  default     = null
}

variable "table" {
  description = "The service's table: its keys, its capacity (units per second), the attribute of items' end (seconds since the epoch) if any, the DynamoDB actions that the service uses, indexes that it queries with a capacity of their own, how far the capacity grows if it does (`max` units per second, at `target_percent` in use), and the key that it is encrypted under."
  type = object({
    hash_key       = object({ name = string, type = optional(string, "S") })
    range_key      = optional(object({ name = string, type = optional(string, "S") }))
    read_capacity  = number
    write_capacity = number
    ttl_attribute  = optional(string)
    actions        = set(string)
    encryption     = optional(string, "AWS_OWNED")

    indexes = optional(map(object({
      hash_key           = object({ name = string, type = optional(string, "S") })
      range_key          = optional(object({ name = string, type = optional(string, "S") }))
      projection_type    = optional(string, "ALL")
      non_key_attributes = optional(set(string))
      read_capacity      = number
      write_capacity     = number
    })), {})

    autoscaling = optional(object({
      read  = object({ max = number, target_percent = optional(number, 70) })
      write = object({ max = number, target_percent = optional(number, 70) })
    }))
  })
}

variable "point_in_time_recovery" {
  description = "Whether the table can be restored as it was at any second of the last 35 days."
  type        = bool
  default     = true
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table. Before `terraform destroy`, apply with false."
  type        = bool
  default     = true
}

variable "signed_routes" {
  description = "Callers of each route that takes signed requests (AWS_IAM): names of services, or load-operator, by route, for example `GET /locations/{user_id}`."
  type        = map(set(string))
  default     = {}
}

variable "calls" {
  description = "Routes of other services that this one calls, by service."
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

variable "method_throttles" {
  description = "Limits of single routes in place of `throttle`, by route of the contract, for example `POST /sessions`."
  type        = map(object({ rate_per_s = number, burst_limit = number }))
  default     = {}
}

variable "detailed_metrics" {
  description = "Whether API Gateway keeps metrics of each method beside those of the API and the stage; CloudWatch charges for each."
  type        = bool
  default     = false
}

variable "alarm_thresholds" {
  description = "From which each alarm fires, where it is not the default of modules/alarms. In one minute: throttled reads and writes, failed and throttled invocations, 5XX replies (percent of the requests, and how many at least), replies of the service with 5XX that are not throttled, failed introspections. Percent of its limit: consumed capacity, duration, concurrency. 99th percentile of the API's latency (milliseconds)."
  type = object({
    read_throttle         = optional(number)
    write_throttle        = optional(number)
    function_errors       = optional(number)
    function_throttles    = optional(number)
    api_5xx_percent       = optional(number)
    api_5xx_count         = optional(number)
    server_errors         = optional(number)
    failed_introspections = optional(number)
    capacity_percent      = optional(number)
    duration_percent      = optional(number)
    concurrency_percent   = optional(number)
    api_latency_ms        = optional(number)
  })
  default = {}
}

variable "slo_percent" {
  description = "Objective: the part of the requests (percent, over 30 days) that are not answered 5XX."
  type        = number
  default     = 99.9
}

variable "own_metrics" {
  description = "Names of the metrics that the service emits beside those that lambda_lib writes for every request: FailedIntrospections where it has tokens checked by authentication, and what its code counts or measures."
  type        = set(string)
  default     = []
}

variable "log_format" {
  description = "Format of what Lambda itself logs, beside the function's own JSON lines: JSON, or Text."
  type        = string
  default     = "JSON"
}

variable "log_level" {
  description = "Level from which the function logs; above INFO only with log_format Text."
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

variable "connection" {
  description = "ARN of the connection (CodeConnections) whose repository, for example `owner/location`, is released. Null: a CodeCommit repository of this root is."
  type        = object({ arn = string, repository = string })
  default     = null
}

variable "review" {
  description = "Pull requests to the branch need so many approvals in CodeCommit, of the approvers (ARNs of users or of roles' sessions, `*` allowed; anyone if none is named). Null: none. To pushes the branch is closed by `closed_branches` of the platform."
  type = object({
    approvals = optional(number, 1)
    approvers = optional(set(string), [])
  })
  default = null

  validation {
    condition     = var.review == null || var.connection == null
    error_message = "A repository behind a connection is reviewed where it is: review is for CodeCommit."
  }
}

variable "lambda_lib_version" {
  description = "Version of lambda_lib that puts the service's contract to its API in a release."
  type        = string
  default     = "0.1.0"
}
