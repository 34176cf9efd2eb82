# A table with an index whose capacities grow with demand, by itself: for data that no service of its own has.
module "orders" {
  source = "../../terraform/modules/table"

  name           = "${var.environment}-orders-archive"
  hash_key       = { name = "order_id" }
  read_capacity  = 5
  write_capacity = 5
  ttl_attribute  = "expires_at"

  indexes = {
    by-buyer = {
      hash_key       = { name = "buyer" }
      range_key      = { name = "placed_at", type = "N" }
      read_capacity  = 5
      write_capacity = 5
    }
  }

  autoscaling = {
    read  = { max = 100 }
    write = { max = 50, target_percent = 60 }
  }
}

output "table" {
  description = "Name of the table."
  value       = module.orders.name
}
