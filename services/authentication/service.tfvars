# Service authentication, as data for terraform/service. Every bundle has the entry main.handler, as the placeholder has.
service   = "authentication"
memory_mb = 512
timeout_s = 10

table = {
  hash_key       = { name = "pk" }
  read_capacity  = 10
  write_capacity = 10
  ttl_attribute  = "expires_at"
  actions        = ["DeleteItem", "GetItem", "PutItem", "UpdateItem"]
}

signed_routes = {
  "POST /introspect" = ["location", "profile"]
}
