output "name" {
  description = "Name of the table."
  value       = local.table.name
}
