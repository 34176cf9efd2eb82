variable "name" {
  description = "Name of the dashboard; it may hold letters, digits, - and _."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,255}$", var.name))
    error_message = "A dashboard's name is made of letters, digits, - and _."
  }
}

variable "region" {
  description = "Region of the metrics."
  type        = string
}

variable "alarm_arns" {
  description = "ARNs of the alarms to show, at most 100, in this order."
  type        = list(string)

  validation {
    condition     = length(var.alarm_arns) > 0 && length(var.alarm_arns) <= 100
    error_message = "An alarm widget shows 1 to 100 alarms."
  }
}

variable "table" {
  description = "Name of the table to show, and the names of its indexes."
  type        = object({ name = string, indexes = optional(set(string), []) })
}

variable "function" {
  description = "Name and log group of the function to show."
  type        = object({ name = string, log_group = string })
}

variable "api" {
  description = "Name, stage and access log group of the REST API to show."
  type        = object({ name = string, stage = string, access_log_group = string })
}

variable "service" {
  description = "The service as its own metrics name it: the namespace and the value of the dimension `service`."
  type        = object({ namespace = string, name = string })
}

variable "queries" {
  description = "Folder of the saved log queries in the console, such as dev/location."
  type        = string
}
