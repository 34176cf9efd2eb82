# Service location, as data for terraform/service. Every bundle has the entry main.handler, as the placeholder has.
service   = "location"
memory_mb = 512
timeout_s = 10

table = {
  hash_key       = { name = "user_id" }
  read_capacity  = 1
  write_capacity = 1
  actions        = ["DeleteItem", "GetItem", "PutItem"]
}

signed_routes = {
  "DELETE /locations/{user_id}" = ["profile"]
  "GET /locations/{user_id}"    = ["profile", "load-operator"]
  "PUT /locations/{user_id}"    = ["profile"]
}

calls = {
  authentication = ["POST /introspect"]
}

own_metrics = ["FailedIntrospections"]
