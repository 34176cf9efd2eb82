# The role in which `terraform apply` of terraform/service runs, for any service of the environment: it makes, changes and
# removes what a service is made of, under the names that terraform/modules/naming gives. A role that it makes has the
# permissions boundary, and it can neither lift the boundary nor reach the platform, its own policies or another root's
# state. What bootstrap and platform are applied with cannot be bounded in this way, since they make the bounds: an
# administrator applies them (docs/platform-guide.md).
data "aws_iam_policy_document" "deployer_trust" {
  # The account as principal leaves it to IAM policies of the account who may assume the role.
  statement {
    sid     = "AccountAssumesRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [local.names.account_principal]
    }
  }
}

resource "aws_iam_role" "deployer" {
  name               = local.names.deployer.name
  description        = "Applies Terraform for the services of ${var.environment}"
  assume_role_policy = data.aws_iam_policy_document.deployer_trust.json
}

# By topic, since one managed policy has 6,144 characters at most. The actions are those that the provider calls to make,
# read, change and remove the resources of terraform/service, which tests/test_deployer.py compares with recorded calls.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
resource "aws_iam_policy" "deployer" {
  for_each = {
    access   = data.aws_iam_policy_document.deployer_access.json
    delivery = data.aws_iam_policy_document.deployer_delivery.json
    running  = data.aws_iam_policy_document.deployer_running.json
    watching = data.aws_iam_policy_document.deployer_watching.json
  }

  name        = local.names.deployer.policies[each.key].name
  description = "Applies Terraform for services: ${each.key}"
  policy      = each.value
}

resource "aws_iam_role_policy_attachment" "deployer" {
  for_each = aws_iam_policy.deployer

  role       = aws_iam_role.deployer.name
  policy_arn = local.names.deployer.policies[each.key].arn
}

locals {
  # Which AWS service each kind of a service's roles is for.
  passed_to = {
    function = "lambda.amazonaws.com"
    pipeline = "codepipeline.amazonaws.com"
    build    = "codebuild.amazonaws.com"
    release  = "codebuild.amazonaws.com"
    push     = "events.amazonaws.com"
  }
  service_roles = [for kind in keys(local.passed_to) : local.names.service_roles[kind]]
}

data "aws_iam_policy_document" "deployer_access" {
  # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
  statement {
    sid       = "MakeBoundedRoles"
    actions   = ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]
    resources = local.service_roles

    condition {
      test     = "ArnEquals"
      variable = "iam:PermissionsBoundary"
      values   = [local.names.permissions_boundary.arn]
    }
  }

  statement {
    sid = "KeepRoles"
    actions = [
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfilesForRole",
      "iam:ListRolePolicies",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRoleDescription",
    ]
    resources = local.service_roles
  }

  # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
  dynamic "statement" {
    for_each = local.passed_to

    content {
      sid       = "Pass${title(statement.key)}Roles"
      actions   = ["iam:PassRole"]
      resources = [local.names.service_roles[statement.key]]

      condition {
        test     = "StringEquals"
        variable = "iam:PassedToService"
        values   = [statement.value]
      }
    }
  }

  # Made by Application Auto Scaling when the first table of the account is scaled.
  # https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-service-linked-roles.html
  statement {
    sid       = "LetTablesScale"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = [local.names.table_scaling_role_arn]

    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      values   = ["dynamodb.application-autoscaling.amazonaws.com"]
    }
  }

  # https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
  statement {
    sid       = "KeepStates"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${local.names.state_bucket.arn}/services/*.tfstate"]
  }

  statement {
    sid       = "LockStates"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = ["${local.names.state_bucket.arn}/services/*.tfstate.tflock"]
  }

  # Not by prefix: S3 says that a state is not there yet (404) only to who may list the bucket.
  # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
  statement {
    sid       = "FindStates"
    actions   = ["s3:ListBucket"]
    resources = [local.names.state_bucket.arn]
  }

  # The library's parts have names as a service's have, and are the platform's.
  statement {
    sid       = "LeaveLibraryAlone"
    effect    = "Deny"
    actions   = ["*"] # a denial leaves nothing out
    resources = local.library_arns
  }
}

locals {
  library_arns = flatten([
    local.names.library.repository.arn,
    local.names.library.push.arn,
    local.names.library.push.role.arn,
    [for part in [local.names.library.build, local.names.library.pipeline] : [part.arn, part.role.arn, part.log_group.arn, "${part.log_group.arn}:*"]],
  ])
}
