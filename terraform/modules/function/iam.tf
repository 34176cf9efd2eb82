data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "LambdaAssumesRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "ReadWriteOwnTable"
    actions   = [for action in var.table.actions : "dynamodb:${action}"]
    resources = [var.table.arn]
  }

  statement {
    sid       = "WriteOwnLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${var.log_group.arn}:*"] # the group's streams; the group itself is Terraform's to make
  }

  dynamic "statement" {
    for_each = length(var.calls) > 0 ? ["CallOtherServices"] : []

    content {
      sid       = statement.value
      actions   = ["execute-api:Invoke"]
      resources = var.calls
    }
  }

  dynamic "statement" {
    for_each = length(var.url_parameters) > 0 ? ["ReadServiceUrls"] : []

    content {
      sid       = statement.value
      actions   = ["ssm:GetParameter"]
      resources = var.url_parameters
    }
  }
}

resource "aws_iam_role" "this" {
  name               = var.role.name
  description        = "Function ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "this" {
  name   = "function"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.this.json
}
