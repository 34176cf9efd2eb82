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

  dynamic "statement" {
    for_each = length(var.table.indexes) > 0 ? ["QueryOwnIndexes"] : []

    content {
      sid       = statement.value
      actions   = ["dynamodb:Query"]
      resources = [for index in var.table.indexes : "${var.table.arn}/index/${index}"]
    }
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

  # https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
  dynamic "statement" {
    for_each = var.tracing ? ["WriteTraces"] : []

    content {
      sid       = statement.value
      actions   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      resources = ["*"] # these actions know no resources
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = var.role.name
  description          = "Function ${var.name}"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy" "this" {
  name   = "function"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.this.json
}
