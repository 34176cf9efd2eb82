# The real provider, offline: it renders real policies, and a plan of new resources asks AWS nothing.
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name        = "dev-location"
  description = "Service location in dev"
}

run "the_repository_is_open_to_its_first_push" {
  command = plan

  assert {
    condition     = aws_codecommit_repository.this.repository_name == "dev-location"
    error_message = "The repository has another name."
  }

  assert {
    condition     = aws_codecommit_repository.this.default_branch == null
    error_message = "CodeCommit refuses a default branch in an empty repository."
  }
}

run "a_name_that_ends_in_git_is_refused" {
  command = plan

  variables {
    name = "dev-location.git"
  }

  expect_failures = [var.name]
}

run "no_approval_is_asked_for_unless_review_says_so" {
  command = plan

  assert {
    condition     = length(aws_codecommit_approval_rule_template_association.review) == 0
    error_message = "Pull requests need approvals that nobody asked for."
  }
}

run "pull_requests_to_a_reviewed_branch_need_approvals" {
  command = plan

  variables {
    review = { branch = "main", approvals = 2, approvers = ["arn:aws:sts::123456789012:assumed-role/reviewer/*"] }
  }

  assert {
    condition = jsondecode(aws_codecommit_approval_rule_template.review[0].content) == {
      Version               = "2018-11-08"
      DestinationReferences = ["refs/heads/main"]
      Statements            = [{ Type = "Approvers", NumberOfApprovalsNeeded = 2, ApprovalPoolMembers = ["arn:aws:sts::123456789012:assumed-role/reviewer/*"] }]
    }
    error_message = "Pull requests need no approval, or another."
  }

  assert {
    condition     = aws_codecommit_approval_rule_template_association.review[0].repository_name == "dev-location"
    error_message = "The rule is of another repository."
  }
}

run "without_named_approvers_anyone_may_approve" {
  command = plan

  variables {
    review = { branch = "main" }
  }

  assert {
    condition     = jsondecode(aws_codecommit_approval_rule_template.review[0].content).Statements == [{ Type = "Approvers", NumberOfApprovalsNeeded = 1 }]
    error_message = "An empty pool would let nobody approve."
  }
}

run "a_pull_request_that_nobody_has_to_approve_is_refused" {
  command = plan

  variables {
    review = { branch = "main", approvals = 0 }
  }

  expect_failures = [var.review]
}

run "an_approver_that_is_no_principal_is_refused" {
  command = plan

  variables {
    review = { branch = "main", approvers = ["ada"] }
  }

  expect_failures = [var.review]
}
