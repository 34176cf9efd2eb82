# Made and changed in memory, since what is meant to happen to a table that exists shows in no plan of a new one.
mock_provider "aws" {}

variables {
  name           = "dev-location"
  hash_key       = { name = "user_id" }
  read_capacity  = 1
  write_capacity = 2
  autoscaling    = { read = { max = 50 }, write = { max = 20 } }
  indexes        = { by-city = { hash_key = { name = "city" }, read_capacity = 3, write_capacity = 4 } }
}

run "an_autoscaled_table_is_made_with_its_indexes" {
  assert {
    condition     = toset(aws_dynamodb_table.autoscaled[0].global_secondary_index[*].name) == toset(["by-city"])
    error_message = "The table lacks its index."
  }
}

run "its_capacity_is_left_to_autoscaling_within_the_new_bounds" {
  variables {
    read_capacity = 10
    indexes       = { by-city = { hash_key = { name = "city" }, read_capacity = 13, write_capacity = 4 } }
  }

  assert {
    condition     = aws_dynamodb_table.autoscaled[0].read_capacity == 1 && one(aws_dynamodb_table.autoscaled[0].global_secondary_index).read_capacity == 3
    error_message = "Terraform moves a capacity that autoscaling has set."
  }

  assert {
    condition     = aws_appautoscaling_target.this["dev-location-read"].min_capacity == 10 && aws_appautoscaling_target.this["dev-location-by-city-read"].min_capacity == 13
    error_message = "Autoscaling does not know of the new least capacity."
  }
}

run "an_index_more_is_refused_and_not_forgotten" {
  command = plan

  variables {
    indexes = {
      by-city = { hash_key = { name = "city" }, read_capacity = 3, write_capacity = 4 }
      by-name = { hash_key = { name = "name" }, read_capacity = 1, write_capacity = 1 }
    }
  }

  expect_failures = [aws_dynamodb_table.autoscaled]
}

run "an_index_less_is_refused_and_not_forgotten" {
  command = plan

  variables {
    indexes = {}
  }

  expect_failures = [aws_dynamodb_table.autoscaled]
}
