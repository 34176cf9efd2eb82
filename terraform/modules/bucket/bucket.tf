# A bucket that keeps old versions, encrypts what it holds and is closed to the public. It cannot be deleted while
# anything is in it: S3 refuses that, and force_destroy is not set.
resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV2_AWS_62:nobody waits for an object: pipelines and Terraform write and read by name
  #checkov:skip=CKV_AWS_18:CloudTrail's data events tell who read what, where that is wanted
  #checkov:skip=CKV_AWS_144:states have old versions and artifacts can be built again; both are of one region
  #checkov:skip=CKV_AWS_145:the key is an input: states are under S3's own, so that no lost key loses them
  bucket = var.name
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.bucket

  rule {
    bucket_key_enabled = var.encryption.kms

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.encryption.kms ? "aws:kms" : "AES256"
      kms_master_key_id = var.encryption.key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.bucket

  rule {
    id     = "expire"
    status = "Enabled"

    filter {} # every object

    noncurrent_version_expiration {
      noncurrent_days = var.retention.replaced_days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    expiration {
      days                         = var.retention.days
      expired_object_delete_marker = var.retention.days == null ? true : null # S3 takes one of the two
    }
  }

  depends_on = [aws_s3_bucket_versioning.this] # a rule on old versions needs them
}
