# Service authentication, as data for terraform/service. Every bundle has the entry main.handler, as the placeholder has.
service   = "authentication"
memory_mb = 512
timeout_s = 15 # a deletion waits for profile, which waits for location

table = {
  hash_key       = { name = "pk" }
  read_capacity  = 10
  write_capacity = 10
  ttl_attribute  = "expires_at"
  actions        = ["DeleteItem", "GetItem", "PutItem", "UpdateItem"]
}

# A made-up token costs a read unit: a flood of them takes eight of the table's ten, and leaves the rest to signing in.
method_throttles = {
  "DELETE /sessions"              = { rate_per_s = 1, burst_limit = 10 }
  "DELETE /sessions/current"      = { rate_per_s = 1, burst_limit = 10 }
  "DELETE /users/{user_id}"       = { rate_per_s = 1, burst_limit = 10 }
  "PUT /users/{user_id}/password" = { rate_per_s = 1, burst_limit = 10 }
  "POST /introspect"              = { rate_per_s = 4, burst_limit = 100 }
}

calls = {
  profile = ["DELETE /profiles/{user_id}"]
}

signed_routes = {
  "POST /introspect" = ["location", "profile"]
}
