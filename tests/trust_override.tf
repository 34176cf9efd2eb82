# Laid over modules/function in a test's copy: its administrator, too, may take the role of a function.
data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "LambdaAndAccountAssumeRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::123456789012:root"]
    }
  }
}
