module "table" {
  source = "../modules/table"

  name                   = local.names.table.name
  hash_key               = var.table.hash_key
  range_key              = var.table.range_key
  read_capacity          = var.table.read_capacity
  write_capacity         = var.table.write_capacity
  autoscaling            = var.table.autoscaling
  indexes                = var.table.indexes
  ttl_attribute          = var.table.ttl_attribute
  encryption             = var.table.encryption
  point_in_time_recovery = var.point_in_time_recovery
  deletion_protection    = var.deletion_protection
}
