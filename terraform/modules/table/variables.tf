variable "name" {
  description = "Name of the table."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_.-]{3,255}$", var.name))
    error_message = "name must be 3 to 255 letters, digits, underscores, hyphens and dots."
  }
}

variable "hash_key" {
  description = "Attribute that items are spread by."
  type        = object({ name = string, type = optional(string, "S") })

  validation {
    condition     = contains(["S", "N", "B"], var.hash_key.type)
    error_message = "hash_key.type must be S, N or B."
  }
}

variable "range_key" {
  description = "Attribute that items of one hash key are sorted by, if any."
  type        = object({ name = string, type = optional(string, "S") })
  default     = null

  validation {
    condition     = var.range_key == null ? true : contains(["S", "N", "B"], var.range_key.type)
    error_message = "range_key.type must be S, N or B."
  }
}

variable "read_capacity" {
  description = "Provisioned read capacity (units: strongly consistent reads of up to 4 KB per second)."
  type        = number

  validation {
    condition     = var.read_capacity >= 1 && floor(var.read_capacity) == var.read_capacity
    error_message = "read_capacity must be a whole number of units, 1 or more."
  }
}

variable "write_capacity" {
  description = "Provisioned write capacity (units: writes of up to 1 KB per second)."
  type        = number

  validation {
    condition     = var.write_capacity >= 1 && floor(var.write_capacity) == var.write_capacity
    error_message = "write_capacity must be a whole number of units, 1 or more."
  }
}

variable "ttl_attribute" {
  description = "Attribute with the time (seconds since the epoch) after which DynamoDB deletes an item, if any. Deletion may take days: readers check the time themselves."
  type        = string
  default     = null
}
