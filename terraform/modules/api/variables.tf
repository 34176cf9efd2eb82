variable "name" {
  description = "Name of the REST API, also the value of the `ApiName` dimension of its metrics."
  type        = string
}

variable "stage" {
  description = "Name of the stage, the first part of every path."
  type        = string
}

variable "contract" {
  description = "OpenAPI 3.0 document (JSON) with API Gateway's extensions; every integration's uri is the placeholder `$${integration_uri}`."
  type        = string

  validation {
    condition     = can(keys(jsondecode(var.contract).paths))
    error_message = "contract must be an OpenAPI document in JSON, with paths."
  }

  validation {
    condition     = strcontains(var.contract, "$${integration_uri}")
    error_message = "contract must have the placeholder $${integration_uri} where API Gateway finds the function."
  }

  validation {
    condition     = strcontains(var.contract, "x-amazon-apigateway-request-validators")
    error_message = "contract must declare request validators: models without one validate nothing."
  }
}

variable "integration" {
  description = "Invocation URI of the function's alias, and the alias that API Gateway is permitted to invoke."
  type        = object({ uri = string, function = string, alias = string })
}

variable "signed_routes" {
  description = "ARNs of the roles that may call each route that takes signed requests (AWS_IAM), by route, for example `GET /locations/{user_id}`. `ANY` is the method of `x-amazon-apigateway-any-method`."
  type        = map(set(string))

  validation {
    condition     = alltrue([for route in keys(var.signed_routes) : can(regex("^(ANY|GET|PUT|POST|PATCH|DELETE|HEAD|OPTIONS) /", route))])
    error_message = "A route in signed_routes must be a method and a path, for example GET /locations/{user_id}."
  }

  validation {
    condition     = alltrue([for callers in values(var.signed_routes) : length(callers) > 0])
    error_message = "Each route in signed_routes must name at least one caller."
  }
}

variable "apis_arn" {
  description = "ARN of the stage with the API id left open, `arn:aws:execute-api:<region>:<account>:*/<stage>`."
  type        = string
}

variable "throttle" {
  description = "Limit of requests to the stage, each method by itself: a token bucket of `burst_limit` requests, refilled at `rate_per_s` (requests per second)."
  type        = object({ rate_per_s = number, burst_limit = number })

  validation {
    condition     = var.throttle.rate_per_s > 0 && var.throttle.burst_limit > 0
    error_message = "throttle must allow some requests: zero refuses all."
  }

  validation {
    condition     = floor(var.throttle.burst_limit) == var.throttle.burst_limit
    error_message = "burst_limit must be a whole number of requests."
  }
}

variable "method_throttles" {
  description = "Limits of single routes in place of `throttle`, by route of the contract, for example `POST /sessions`."
  type        = map(object({ rate_per_s = number, burst_limit = number }))
  default     = {}

  validation {
    condition     = alltrue([for throttle in values(var.method_throttles) : throttle.rate_per_s > 0 && throttle.burst_limit > 0])
    error_message = "A throttle in method_throttles must allow some requests: zero refuses all."
  }

  validation {
    condition     = alltrue([for throttle in values(var.method_throttles) : floor(throttle.burst_limit) == throttle.burst_limit])
    error_message = "burst_limit in method_throttles must be a whole number of requests."
  }
}

variable "tracing" {
  description = "Whether API Gateway samples requests for X-Ray traces."
  type        = bool
  default     = false
}

variable "detailed_metrics" {
  description = "Whether API Gateway keeps metrics of each method beside those of the API and the stage; CloudWatch charges for each."
  type        = bool
  default     = false
}

variable "access_log_group" {
  description = "Name and ARN of the access log's group."
  type        = object({ name = string, arn = string })
}

variable "log_retention_days" {
  description = "Days that access log events are kept."
  type        = number

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "log_retention_days must be one of the periods that CloudWatch Logs offers, up to 731."
  }
}
