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
    condition     = aws_dynamodb_table.this.billing_mode == "PROVISIONED"
    error_message = "The table is not in provisioned mode."
  }

  assert {
    condition     = aws_dynamodb_table.this.read_capacity == 1 && aws_dynamodb_table.this.write_capacity == 2
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
    condition     = toset([for attribute in aws_dynamodb_table.this.attribute : "${attribute.name}:${attribute.type}"]) == toset(["user_id:S", "at:N"])
    error_message = "The attributes are not the keys with their types."
  }

  assert {
    condition     = aws_dynamodb_table.this.range_key == "at"
    error_message = "The table is not sorted by its range key."
  }
}

run "items_end_at_the_ttl_attribute" {
  command = plan

  variables {
    ttl_attribute = "expires_at"
  }

  assert {
    condition     = one(aws_dynamodb_table.this.ttl).attribute_name == "expires_at" && one(aws_dynamodb_table.this.ttl).enabled
    error_message = "Items do not end at the TTL attribute."
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
