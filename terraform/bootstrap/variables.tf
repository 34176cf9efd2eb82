variable "environment" {
  description = "Name of the environment, the first part of every name."
  type        = string
}

variable "account_id" {
  description = "AWS account id (12 digits); Terraform refuses to work in any other account."
  type        = string
}

variable "region" {
  description = "AWS region."
  type        = string
}
