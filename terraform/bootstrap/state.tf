# The states of every root of the environment. Under S3's own keys and not a key of ours: states hold no secrets here, and
# who loses the key loses the states.
module "state" {
  source = "../modules/bucket"

  name      = module.naming.platform.state_bucket.name
  retention = { replaced_days = 365 }
}
