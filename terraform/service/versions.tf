terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }

  # Bucket, key and region are given to `terraform init` as -backend-config: they differ by environment and by root.
  backend "s3" {}
}
