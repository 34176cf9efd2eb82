# A service with every option that `terraform/service` has, each away from its default.
service              = "orders"
architecture         = "arm64"
memory_mb            = 1024
timeout_s            = 20
snap_start           = true
tracing              = true
reserved_concurrency = 50
log_format           = "Text"
log_level            = "WARNING"
log_retention_days   = 365
branch               = "release"

table = {
  hash_key       = { name = "order_id" }
  range_key      = { name = "version", type = "N" }
  read_capacity  = 10
  write_capacity = 5
  ttl_attribute  = "expires_at"
  encryption     = "AWS_MANAGED"
  actions        = ["DeleteItem", "GetItem", "PutItem", "Query"]

  indexes = {
    by-buyer = {
      hash_key           = { name = "buyer" }
      range_key          = { name = "placed_at", type = "N" }
      projection_type    = "INCLUDE"
      non_key_attributes = ["article"]
      read_capacity      = 5
      write_capacity     = 5
    }
  }

  autoscaling = {
    read  = { max = 200, target_percent = 60 }
    write = { max = 100 }
  }
}

point_in_time_recovery = false
deletion_protection    = false

signed_routes = {
  "PUT /orders/{order_id}" = ["nearby", "load-operator"]
}

calls = {
  authentication = ["POST /introspect"]
}

own_metrics = ["FailedIntrospections"]

throttle         = { rate_per_s = 100, burst_limit = 200 }
method_throttles = { "GET /orders" = { rate_per_s = 20, burst_limit = 40 } }
detailed_metrics = true
slo_percent      = 99.5
alarm_thresholds = { read_throttle = 5, write_throttle = 5, function_errors = 2 }
