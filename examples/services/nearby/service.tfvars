# The least that a service says of itself. It calls two others, which have to name it as a caller: location by
# "GET /locations/{user_id}" = ["profile", "load-operator", "nearby"], authentication by "POST /introspect".
service   = "nearby"
memory_mb = 256
timeout_s = 5

table = {
  hash_key       = { name = "user_id" }
  read_capacity  = 1
  write_capacity = 1
  actions        = ["GetItem", "PutItem"]
}

calls = {
  authentication = ["POST /introspect"]
  location       = ["GET /locations/{user_id}"]
}
