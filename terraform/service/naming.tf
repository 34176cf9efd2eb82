module "naming" {
  source = "../modules/naming"

  environment = var.environment
  account_id  = var.account_id
  region      = var.region
  # This service, those that it calls and those that call it.
  services = setsubtract(setunion([var.service], keys(var.calls), flatten([for callers in values(var.signed_routes) : tolist(callers)])), ["load-operator"])
}

locals {
  names    = module.naming.services[var.service]
  platform = module.naming.platform
}
