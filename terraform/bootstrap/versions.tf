terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }

  # In the bucket that this root declares: apply.sh makes it before the first `terraform init`, and imports it.
  backend "s3" {}
}
