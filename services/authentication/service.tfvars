# Service authentication, as data for terraform/service. Every bundle has the entry main.handler, as the placeholder has.
service   = "authentication"
memory_mb = 512
timeout_s = 10

table = {
  hash_key       = { name = "pk" }
  read_capacity  = 5
  write_capacity = 5
  ttl_attribute  = "expires_at"
  actions        = ["GetItem", "PutItem"]
}

signed_routes = {
  "POST /introspect" = ["location", "profile"]
}
