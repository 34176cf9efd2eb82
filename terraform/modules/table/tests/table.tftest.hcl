# The real provider, offline: it renders real policies, and a plan of new resources asks AWS nothing.
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name           = "dev-location"
  hash_key       = { name = "user_id" }
  read_capacity  = 1
  write_capacity = 2
}

run "the_capacity_is_what_the_service_asks_for" {
  command = plan

  assert {
    condition     = aws_dynamodb_table.fixed[0].billing_mode == "PROVISIONED"
    error_message = "The table is not in provisioned mode."
  }

  assert {
    condition     = aws_dynamodb_table.fixed[0].read_capacity == 1 && aws_dynamodb_table.fixed[0].write_capacity == 2
    error_message = "The table has another capacity than asked for."
  }
}

run "every_key_has_its_type" {
  command = plan

  variables {
    hash_key  = { name = "user_id" }
    range_key = { name = "at", type = "N" }
  }

  assert {
    condition     = toset([for attribute in aws_dynamodb_table.fixed[0].attribute : "${attribute.name}:${attribute.type}"]) == toset(["user_id:S", "at:N"])
    error_message = "The attributes are not the keys with their types."
  }

  assert {
    condition     = aws_dynamodb_table.fixed[0].range_key == "at"
    error_message = "The table is not sorted by its range key."
  }
}

run "items_end_at_the_ttl_attribute" {
  command = plan

  variables {
    ttl_attribute = "expires_at"
  }

  assert {
    condition     = one(aws_dynamodb_table.fixed[0].ttl).attribute_name == "expires_at" && one(aws_dynamodb_table.fixed[0].ttl).enabled
    error_message = "Items do not end at the TTL attribute."
  }
}

run "a_table_is_protected_and_can_be_restored_unless_told_otherwise" {
  command = plan

  assert {
    condition     = aws_dynamodb_table.fixed[0].deletion_protection_enabled && one(aws_dynamodb_table.fixed[0].point_in_time_recovery).enabled
    error_message = "A table may be lost."
  }

  assert {
    condition     = !one(aws_dynamodb_table.fixed[0].server_side_encryption).enabled
    error_message = "The table is not encrypted under the key that DynamoDB owns."
  }
}

run "a_table_that_may_be_destroyed_is_not_protected" {
  command = plan

  variables {
    deletion_protection    = false
    point_in_time_recovery = false
    encryption             = "AWS_MANAGED"
  }

  assert {
    condition     = !aws_dynamodb_table.fixed[0].deletion_protection_enabled && !one(aws_dynamodb_table.fixed[0].point_in_time_recovery).enabled
    error_message = "The table cannot be destroyed, or costs what nobody asked for."
  }

  assert {
    condition     = one(aws_dynamodb_table.fixed[0].server_side_encryption).enabled
    error_message = "The table is not encrypted under the account's key."
  }
}

run "an_index_has_its_keys_its_projection_and_a_capacity_of_its_own" {
  command = plan

  variables {
    range_key = { name = "at", type = "N" }
    indexes = {
      by-city = {
        hash_key           = { name = "city" }
        range_key          = { name = "at", type = "N" }
        projection_type    = "INCLUDE"
        non_key_attributes = ["name"]
        read_capacity      = 3
        write_capacity     = 4
      }
    }
  }

  assert {
    condition = [
      for index in aws_dynamodb_table.fixed[0].global_secondary_index :
      "${index.name}: ${index.hash_key} ${index.range_key}, ${index.projection_type} ${join(" ", index.non_key_attributes)}, ${index.read_capacity} ${index.write_capacity}"
    ] == ["by-city: city at, INCLUDE name, 3 4"]
    error_message = "The index is another than asked for."
  }

  assert {
    condition     = toset([for attribute in aws_dynamodb_table.fixed[0].attribute : "${attribute.name}:${attribute.type}"]) == toset(["user_id:S", "at:N", "city:S"])
    error_message = "A key is declared twice, or not at all."
  }
}

run "a_fixed_table_is_not_scaled" {
  command = plan

  assert {
    condition     = length(aws_appautoscaling_target.this) == 0 && length(aws_dynamodb_table.autoscaled) == 0
    error_message = "The capacity of a fixed table moves."
  }
}

run "an_autoscaled_table_and_its_indexes_follow_their_consumption_between_two_bounds" {
  command = plan

  variables {
    autoscaling = { read = { max = 50 }, write = { max = 20, target_percent = 50 } }
    indexes     = { by-city = { hash_key = { name = "city" }, read_capacity = 3, write_capacity = 4 } }
  }

  assert {
    condition     = length(aws_dynamodb_table.fixed) == 0 && aws_dynamodb_table.autoscaled[0].read_capacity == 1 && aws_dynamodb_table.autoscaled[0].write_capacity == 2
    error_message = "An autoscaled table does not start from its least capacity."
  }

  assert {
    condition = toset([
      for target in values(aws_appautoscaling_target.this) :
      "${target.resource_id} ${target.scalable_dimension} ${target.min_capacity}-${target.max_capacity}"
      ]) == toset([
      "table/dev-location dynamodb:table:ReadCapacityUnits 1-50",
      "table/dev-location dynamodb:table:WriteCapacityUnits 2-20",
      "table/dev-location/index/by-city dynamodb:index:ReadCapacityUnits 3-50",
      "table/dev-location/index/by-city dynamodb:index:WriteCapacityUnits 4-20",
    ])
    error_message = "A part of the table scales within other bounds, or not at all."
  }

  assert {
    condition = toset([
      for policy in values(aws_appautoscaling_policy.this) :
      "${policy.resource_id} ${policy.scalable_dimension} ${one(one(policy.target_tracking_scaling_policy_configuration).predefined_metric_specification).predefined_metric_type} ${one(policy.target_tracking_scaling_policy_configuration).target_value}"
      ]) == toset([
      "table/dev-location dynamodb:table:ReadCapacityUnits DynamoDBReadCapacityUtilization 70",
      "table/dev-location dynamodb:table:WriteCapacityUnits DynamoDBWriteCapacityUtilization 50",
      "table/dev-location/index/by-city dynamodb:index:ReadCapacityUnits DynamoDBReadCapacityUtilization 70",
      "table/dev-location/index/by-city dynamodb:index:WriteCapacityUnits DynamoDBWriteCapacityUtilization 50",
    ])
    error_message = "A part of the table follows another metric, or aims at another share of its capacity."
  }
}

run "a_name_with_a_slash_is_refused" {
  command = plan

  variables {
    name = "dev/location"
  }

  expect_failures = [var.name]
}

run "a_hash_key_of_unknown_type_is_refused" {
  command = plan

  variables {
    hash_key = { name = "user_id", type = "BOOL" }
  }

  expect_failures = [var.hash_key]
}

run "a_range_key_of_unknown_type_is_refused" {
  command = plan

  variables {
    range_key = { name = "at", type = "M" }
  }

  expect_failures = [var.range_key]
}

run "no_read_capacity_is_refused" {
  command = plan

  variables {
    read_capacity = 0
  }

  expect_failures = [var.read_capacity]
}

run "half_a_write_unit_is_refused" {
  command = plan

  variables {
    write_capacity = 1.5
  }

  expect_failures = [var.write_capacity]
}

run "one_attribute_as_both_keys_is_refused" {
  command = plan

  variables {
    range_key = { name = "user_id" }
  }

  expect_failures = [var.range_key]
}

run "more_indexes_than_a_table_can_have_are_refused" {
  command = plan

  variables {
    indexes = { for number in range(21) : "by-city-${number}" => { hash_key = { name = "city" }, read_capacity = 1, write_capacity = 1 } }
  }

  expect_failures = [var.indexes]
}

run "an_index_with_a_slash_in_its_name_is_refused" {
  command = plan

  variables {
    indexes = { "by/city" = { hash_key = { name = "city" }, read_capacity = 1, write_capacity = 1 } }
  }

  expect_failures = [var.indexes]
}

run "an_unknown_projection_is_refused" {
  command = plan

  variables {
    indexes = { by-city = { hash_key = { name = "city" }, read_capacity = 1, write_capacity = 1, projection_type = "SOME" } }
  }

  expect_failures = [var.indexes]
}

run "a_projection_that_includes_nothing_is_refused" {
  command = plan

  variables {
    indexes = { by-city = { hash_key = { name = "city" }, read_capacity = 1, write_capacity = 1, projection_type = "INCLUDE" } }
  }

  expect_failures = [var.indexes]
}

run "attributes_that_the_projection_would_not_hold_are_refused" {
  command = plan

  variables {
    indexes = { by-city = { hash_key = { name = "city" }, read_capacity = 1, write_capacity = 1, non_key_attributes = ["name"] } }
  }

  expect_failures = [var.indexes]
}

run "more_attributes_than_a_projection_can_name_are_refused" {
  command = plan

  variables {
    indexes = { by-city = { hash_key = { name = "city" }, read_capacity = 1, write_capacity = 1, projection_type = "INCLUDE", non_key_attributes = [for number in range(21) : "a${number}"] } }
  }

  expect_failures = [var.indexes]
}

run "more_attributes_than_all_projections_together_can_name_are_refused" {
  command = plan

  variables {
    indexes = { for index in range(6) : "by-city-${index}" => { hash_key = { name = "city" }, read_capacity = 1, write_capacity = 1, projection_type = "INCLUDE", non_key_attributes = [for number in range(17) : "a${number}"] } }
  }

  expect_failures = [var.indexes]
}

run "an_index_key_of_unknown_type_is_refused" {
  command = plan

  variables {
    indexes = { by-city = { hash_key = { name = "city", type = "BOOL" }, read_capacity = 1, write_capacity = 1 } }
  }

  expect_failures = [var.indexes]
}

run "one_attribute_as_both_keys_of_an_index_is_refused" {
  command = plan

  variables {
    indexes = { by-city = { hash_key = { name = "city" }, read_capacity = 1, write_capacity = 1, range_key = { name = "city" } } }
  }

  expect_failures = [var.indexes]
}

run "an_attribute_of_two_types_is_refused" {
  command = plan

  variables {
    indexes = { by-user = { hash_key = { name = "user_id", type = "N" }, read_capacity = 1, write_capacity = 1 } }
  }

  expect_failures = [var.indexes]
}

run "an_index_without_capacity_is_refused" {
  command = plan

  variables {
    indexes = { by-city = { hash_key = { name = "city" }, read_capacity = 0, write_capacity = 1 } }
  }

  expect_failures = [var.indexes]
}

run "a_target_below_what_autoscaling_takes_is_refused" {
  command = plan

  variables {
    autoscaling = { read = { max = 50, target_percent = 10 }, write = { max = 20 } }
  }

  expect_failures = [var.autoscaling]
}

run "a_target_above_what_autoscaling_takes_is_refused" {
  command = plan

  variables {
    autoscaling = { read = { max = 50 }, write = { max = 20, target_percent = 95 } }
  }

  expect_failures = [var.autoscaling]
}

run "a_most_below_the_least_is_refused" {
  command = plan

  variables {
    autoscaling = { read = { max = 50 }, write = { max = 1 } }
  }

  expect_failures = [var.autoscaling]
}

run "a_most_below_the_least_of_an_index_is_refused" {
  command = plan

  variables {
    autoscaling = { read = { max = 50 }, write = { max = 20 } }
    indexes     = { by-city = { hash_key = { name = "city" }, read_capacity = 51, write_capacity = 1 } }
  }

  expect_failures = [var.autoscaling]
}

run "half_a_unit_at_most_is_refused" {
  command = plan

  variables {
    autoscaling = { read = { max = 50.5 }, write = { max = 20 } }
  }

  expect_failures = [var.autoscaling]
}

run "an_unknown_encryption_is_refused" {
  command = plan

  variables {
    encryption = "NONE"
  }

  expect_failures = [var.encryption]
}
