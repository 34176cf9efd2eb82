# No default_branch: CodeCommit refuses one in a repository that is still empty, and makes the first pushed branch it.
resource "aws_codecommit_repository" "this" {
  repository_name = var.name
  description     = var.description
}
