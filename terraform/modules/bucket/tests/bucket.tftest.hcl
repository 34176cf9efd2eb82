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
  name      = "123456789012-us-east-1-dev-things"
  retention = { replaced_days = 30 }
}

run "it_is_closed_to_the_public" {
  command = plan

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "The bucket may become public."
  }
}

run "it_is_read_and_written_over_tls_only" {
  command = plan

  assert {
    condition = jsonencode([
      for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : [statement.Effect, statement.Action, statement.Principal, statement.Condition]
    ]) == jsonencode([["Deny", "s3:*", "*", { Bool = { "aws:SecureTransport" = "false" } }]])
    error_message = "Plain HTTP is not denied."
  }

  assert {
    condition = toset(one(jsondecode(aws_s3_bucket_policy.this.policy).Statement).Resource) == toset([
      "arn:aws:s3:::123456789012-us-east-1-dev-things", "arn:aws:s3:::123456789012-us-east-1-dev-things/*",
    ])
    error_message = "The denial does not cover the bucket and all that is in it."
  }
}

run "a_replaced_object_can_be_had_back_for_a_while" {
  command = plan

  assert {
    condition     = one(aws_s3_bucket_versioning.this.versioning_configuration).status == "Enabled"
    error_message = "A replaced object is lost."
  }

  assert {
    condition     = one(one(aws_s3_bucket_lifecycle_configuration.this.rule).noncurrent_version_expiration).noncurrent_days == 30
    error_message = "Old versions are kept for another time."
  }
}

run "without_a_time_nothing_current_expires" {
  command = plan

  assert {
    condition     = one(one(aws_s3_bucket_lifecycle_configuration.this.rule).expiration).days == 0
    error_message = "A current object expires."
  }
}

run "with_a_time_objects_expire" {
  command = plan

  variables {
    retention = { days = 90, replaced_days = 7 }
  }

  assert {
    condition     = one(one(aws_s3_bucket_lifecycle_configuration.this.rule).expiration).days == 90
    error_message = "Objects do not expire."
  }
}

run "it_is_encrypted_under_s3s_keys_by_default" {
  command = plan

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "The bucket is not encrypted."
  }
}

run "with_a_key_it_is_encrypted_under_that_one" {
  command = plan

  variables {
    encryption = { kms = true, key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555" }
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).kms_master_key_id == var.encryption.key_arn
    error_message = "The bucket is encrypted under another key."
  }

  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.this.rule).bucket_key_enabled
    error_message = "Each object costs a call of KMS."
  }
}

run "a_name_with_capitals_is_refused" {
  command = plan

  variables {
    name = "Things"
  }

  expect_failures = [var.name]
}

run "kms_without_a_key_is_refused" {
  command = plan

  variables {
    encryption = { kms = true }
  }

  expect_failures = [var.encryption]
}

run "objects_that_expire_at_once_are_refused" {
  command = plan

  variables {
    retention = { days = 0, replaced_days = 30 }
  }

  expect_failures = [var.retention]
}

run "old_versions_that_expire_at_once_are_refused" {
  command = plan

  variables {
    retention = { replaced_days = 0 }
  }

  expect_failures = [var.retention]
}
