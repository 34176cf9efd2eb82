# The table and its indexes, each with a capacity of its own. An index's alarms have its name after a slash, which no index's
# name contains.
locals {
  resources = merge(
    {
      "" = {
        title          = "table ${var.table.name}"
        dimensions     = { TableName = var.table.name }
        read_capacity  = var.table.read_capacity
        write_capacity = var.table.write_capacity
      }
    },
    {
      for name, index in var.table.indexes : "/${name}" => {
        title          = "index ${name} of table ${var.table.name}"
        dimensions     = { TableName = var.table.name, GlobalSecondaryIndexName = name }
        read_capacity  = index.read_capacity
        write_capacity = index.write_capacity
      }
    },
  )
}
