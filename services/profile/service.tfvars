# Service profile, as data for terraform/service. Every bundle has the entry main.handler, as the placeholder has.
service   = "profile"
memory_mb = 512
timeout_s = 15 # a request may wait for authentication and for location

table = {
  hash_key       = { name = "user_id" }
  read_capacity  = 5
  write_capacity = 5
  actions        = ["DeleteItem", "GetItem", "UpdateItem"]
}

calls = {
  authentication = ["POST /introspect"]
  location       = ["DELETE /locations/{user_id}", "GET /locations/{user_id}", "PUT /locations/{user_id}"]
}

own_metrics = ["FailedIntrospections"]
