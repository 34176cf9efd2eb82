output "name" {
  description = "Name of the repository."
  value       = aws_codecommit_repository.this.repository_name
}
