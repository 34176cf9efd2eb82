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
  name        = "dev-location"
  description = "Service location in dev"
}

run "the_repository_is_open_to_its_first_push" {
  command = plan

  assert {
    condition     = aws_codecommit_repository.this.repository_name == "dev-location"
    error_message = "The repository has another name."
  }

  assert {
    condition     = aws_codecommit_repository.this.default_branch == null
    error_message = "CodeCommit refuses a default branch in an empty repository."
  }
}

run "a_name_that_ends_in_git_is_refused" {
  command = plan

  variables {
    name = "dev-location.git"
  }

  expect_failures = [var.name]
}
