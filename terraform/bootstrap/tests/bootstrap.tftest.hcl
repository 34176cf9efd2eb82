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
  environment = "dev"
  account_id  = "123456789012"
  region      = "us-east-1"
}

run "each_environment_has_a_state_bucket_of_its_own" {
  command = plan

  assert {
    condition     = output.state_bucket == "123456789012-us-east-1-dev-state"
    error_message = "The bucket's name is not of this account, region and environment."
  }
}
