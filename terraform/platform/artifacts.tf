# What pipelines hand from one stage to the next.
module "artifacts" {
  source = "../modules/bucket"

  name       = local.names.artifact_bucket.name
  encryption = { kms = true, key_arn = aws_kms_key.artifacts.arn }
  retention  = { days = 90, replaced_days = 7 }
}

resource "aws_kms_key" "artifacts" {
  description             = "Artifacts of the pipelines of ${var.environment}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.artifact_key.json
}

resource "aws_kms_alias" "artifacts" {
  name          = local.names.artifact_bucket.key.alias
  target_key_id = aws_kms_key.artifacts.key_id
}

# https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
data "aws_iam_policy_document" "artifact_key" {
  #checkov:skip=CKV_AWS_109:in a key's policy `*` is this key
  #checkov:skip=CKV_AWS_111:in a key's policy `*` is this key
  #checkov:skip=CKV_AWS_356:in a key's policy `*` is this key
  # The account as principal leaves it to IAM policies of the account who administers the key; nobody uses it this way.
  statement {
    sid = "AccountAdministersKey"
    actions = [
      "kms:CancelKeyDeletion",
      "kms:CreateAlias",
      "kms:DeleteAlias",
      "kms:DescribeKey",
      "kms:DisableKey",
      "kms:DisableKeyRotation",
      "kms:EnableKey",
      "kms:EnableKeyRotation",
      "kms:GetKeyPolicy",
      "kms:GetKeyRotationStatus",
      "kms:ListGrants",
      "kms:ListKeyPolicies",
      "kms:ListResourceTags",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:UpdateAlias",
      "kms:UpdateKeyDescription",
    ]
    resources = ["*"] # in a key's policy: this key

    principals {
      type        = "AWS"
      identifiers = [local.names.account_principal]
    }
  }

  # Who may read or write an object of the bucket may do so under the key, as with S3's own key (aws/s3), and use it for
  # nothing else. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
  statement {
    sid       = "UseThroughArtifactBucket"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["*"] # in a key's policy: this key

    principals {
      type        = "AWS"
      identifiers = ["*"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:CallerAccount"
      values   = [var.account_id]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${var.region}.amazonaws.com"]
    }

    condition {
      test     = "StringLike"
      variable = "kms:EncryptionContext:aws:s3:arn"
      values   = [local.names.artifact_bucket.arn, "${local.names.artifact_bucket.arn}/*"]
    }
  }
}
