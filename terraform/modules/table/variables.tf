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

  validation {
    condition     = var.range_key == null ? true : var.range_key.name != var.hash_key.name
    error_message = "range_key must be another attribute than hash_key."
  }
}

variable "read_capacity" {
  description = "Provisioned read capacity (units: strongly consistent reads of up to 4 KB per second); the least one of an autoscaled table."
  type        = number

  validation {
    condition     = var.read_capacity >= 1 && floor(var.read_capacity) == var.read_capacity
    error_message = "read_capacity must be a whole number of units, 1 or more."
  }
}

variable "write_capacity" {
  description = "Provisioned write capacity (units: writes of up to 1 KB per second); the least one of an autoscaled table."
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

variable "indexes" {
  description = "Global secondary indexes by name: keys, what of an item they hold (ALL, KEYS_ONLY, or INCLUDE with non_key_attributes), and a capacity of their own (units per second). A write waits for those of its indexes: too little throttles it."
  type = map(object({
    hash_key           = object({ name = string, type = optional(string, "S") })
    range_key          = optional(object({ name = string, type = optional(string, "S") }))
    projection_type    = optional(string, "ALL")
    non_key_attributes = optional(set(string))
    read_capacity      = number
    write_capacity     = number
  }))
  default = {}

  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
  validation {
    condition     = length(var.indexes) <= 20
    error_message = "indexes may be 20 at most."
  }

  validation {
    condition     = alltrue([for name in keys(var.indexes) : can(regex("^[a-zA-Z0-9_.-]{3,255}$", name))])
    error_message = "The name of an index must be 3 to 255 letters, digits, underscores, hyphens and dots."
  }

  validation {
    condition     = alltrue([for index in values(var.indexes) : contains(["ALL", "KEYS_ONLY", "INCLUDE"], index.projection_type)])
    error_message = "projection_type of an index must be ALL, KEYS_ONLY or INCLUDE."
  }

  validation {
    condition     = alltrue([for index in values(var.indexes) : (index.projection_type == "INCLUDE") == (length(coalesce(index.non_key_attributes, [])) > 0)])
    error_message = "non_key_attributes must name attributes where projection_type is INCLUDE, and nowhere else."
  }

  validation {
    condition     = alltrue([for index in values(var.indexes) : length(coalesce(index.non_key_attributes, [])) <= 20]) && sum(concat([0], [for index in values(var.indexes) : length(coalesce(index.non_key_attributes, []))])) <= 100
    error_message = "non_key_attributes may be 20 at most in an index, and 100 in all indexes of a table together."
  }

  validation {
    condition     = alltrue(flatten([for index in values(var.indexes) : [for key in concat([index.hash_key], index.range_key[*]) : contains(["S", "N", "B"], key.type)]]))
    error_message = "The type of an index's key must be S, N or B."
  }

  validation {
    condition     = alltrue([for index in values(var.indexes) : index.range_key == null ? true : index.range_key.name != index.hash_key.name])
    error_message = "range_key of an index must be another attribute than its hash_key."
  }

  validation {
    condition = alltrue([
      for types in values({ for key in concat([var.hash_key], var.range_key[*], flatten([for index in values(var.indexes) : concat([index.hash_key], index.range_key[*])])) : key.name => key.type... }) :
      length(distinct(types)) == 1
    ])
    error_message = "An attribute that is a key in several places must have the same type in all of them."
  }

  validation {
    condition     = alltrue(flatten([for index in values(var.indexes) : [for units in [index.read_capacity, index.write_capacity] : units >= 1 && floor(units) == units]]))
    error_message = "read_capacity and write_capacity of an index must be whole numbers of units, 1 or more."
  }
}

variable "autoscaling" {
  description = "How far the capacity of the table, and of each index, grows from what it is made with: the most units per second, and the share of the capacity that is meant to be in use (percent). Null keeps it fixed. To be chosen when the table is made."
  type = object({
    read  = object({ max = number, target_percent = optional(number, 70) })
    write = object({ max = number, target_percent = optional(number, 70) })
  })
  default = null

  validation {
    condition = var.autoscaling == null ? true : alltrue([
      for limits in values(var.autoscaling) : limits.target_percent >= 20 && limits.target_percent <= 90
    ])
    error_message = "target_percent must be 20 to 90."
  }

  validation {
    condition = var.autoscaling == null ? true : alltrue([
      for part in concat([{ read_capacity = var.read_capacity, write_capacity = var.write_capacity }], [for index in values(var.indexes) : { read_capacity = index.read_capacity, write_capacity = index.write_capacity }]) :
      part.read_capacity <= var.autoscaling.read.max && part.write_capacity <= var.autoscaling.write.max
    ])
    error_message = "max must be no less than the capacity that the table and each index are made with."
  }

  validation {
    condition     = var.autoscaling == null ? true : alltrue([for limits in values(var.autoscaling) : floor(limits.max) == limits.max])
    error_message = "max must be a whole number of units."
  }
}

variable "point_in_time_recovery" {
  description = "Whether the table can be restored as it was at any second of the last 35 days."
  type        = bool
  default     = true
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table. To destroy it, apply with false first."
  type        = bool
  default     = true
}

variable "encryption" {
  description = "Key that the table is encrypted under: AWS_OWNED, which costs nothing, or AWS_MANAGED, the account's own aws/dynamodb, whose use CloudTrail records and KMS charges for."
  type        = string
  default     = "AWS_OWNED"

  validation {
    condition     = contains(["AWS_OWNED", "AWS_MANAGED"], var.encryption)
    error_message = "encryption must be AWS_OWNED or AWS_MANAGED."
  }
}
