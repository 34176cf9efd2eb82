# No provider: names are computed from inputs alone.
terraform {
  required_version = ">= 1.11"
}
