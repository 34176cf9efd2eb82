output "state_bucket" {
  description = "Name of the bucket that holds the states of the environment's roots."
  value       = module.state.name
}
