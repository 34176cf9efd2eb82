variable "environment" {
  description = "Name of the environment, the first part of every name."
  type        = string
}

variable "region" {
  description = "AWS region."
  type        = string
}
