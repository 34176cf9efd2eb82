output "name" {
  description = "Name of the pipeline."
  value       = aws_codepipeline.this.name
}
