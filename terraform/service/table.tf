module "table" {
  source = "../modules/table"

  name           = local.names.table.name
  hash_key       = var.table.hash_key
  range_key      = var.table.range_key
  read_capacity  = var.table.read_capacity
  write_capacity = var.table.write_capacity
  ttl_attribute  = var.table.ttl_attribute
}
