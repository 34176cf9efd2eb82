module "naming" {
  source = "../modules/naming"

  environment = var.environment
  account_id  = var.account_id
  region      = var.region
}
