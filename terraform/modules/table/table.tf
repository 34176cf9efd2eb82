# Two resources, since `lifecycle` is static and Terraform must leave an autoscaled table its capacity: a table is made as
# one of them and stays it. To change over, move it within the state (terraform/README.md): an apply would replace it.
resource "aws_dynamodb_table" "fixed" {
  #checkov:skip=CKV2_AWS_16:capacity is fixed unless `autoscaling` is set
  #checkov:skip=CKV_AWS_119:DynamoDB encrypts under a key of its own; whoever may read items may use any key that we would make
  count = var.autoscaling == null ? 1 : 0

  name                        = var.name
  billing_mode                = "PROVISIONED"
  hash_key                    = var.hash_key.name
  range_key                   = one(var.range_key[*].name)
  read_capacity               = var.read_capacity
  write_capacity              = var.write_capacity
  deletion_protection_enabled = var.deletion_protection

  dynamic "attribute" {
    for_each = local.key_types

    content {
      name = attribute.key
      type = attribute.value[0]
    }
  }

  dynamic "global_secondary_index" {
    for_each = var.indexes

    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value.hash_key.name
      range_key          = one(global_secondary_index.value.range_key[*].name)
      projection_type    = global_secondary_index.value.projection_type
      non_key_attributes = global_secondary_index.value.non_key_attributes
      read_capacity      = global_secondary_index.value.read_capacity
      write_capacity     = global_secondary_index.value.write_capacity
    }
  }

  dynamic "ttl" {
    for_each = var.ttl_attribute[*]

    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }

  point_in_time_recovery {
    enabled = var.point_in_time_recovery
  }

  server_side_encryption {
    enabled = local.own_key
  }
}

moved {
  from = aws_dynamodb_table.this
  to   = aws_dynamodb_table.fixed[0]
}

resource "aws_dynamodb_table" "autoscaled" {
  #checkov:skip=CKV_AWS_119:as `fixed`
  count = var.autoscaling == null ? 0 : 1

  name                        = var.name
  billing_mode                = "PROVISIONED"
  hash_key                    = var.hash_key.name
  range_key                   = one(var.range_key[*].name)
  read_capacity               = var.read_capacity
  write_capacity              = var.write_capacity
  deletion_protection_enabled = var.deletion_protection

  dynamic "attribute" {
    for_each = local.key_types

    content {
      name = attribute.key
      type = attribute.value[0]
    }
  }

  dynamic "global_secondary_index" {
    for_each = var.indexes

    content {
      name               = global_secondary_index.key
      hash_key           = global_secondary_index.value.hash_key.name
      range_key          = one(global_secondary_index.value.range_key[*].name)
      projection_type    = global_secondary_index.value.projection_type
      non_key_attributes = global_secondary_index.value.non_key_attributes
      read_capacity      = global_secondary_index.value.read_capacity
      write_capacity     = global_secondary_index.value.write_capacity
    }
  }

  dynamic "ttl" {
    for_each = var.ttl_attribute[*]

    content {
      attribute_name = ttl.value
      enabled        = true
    }
  }

  point_in_time_recovery {
    enabled = var.point_in_time_recovery
  }

  server_side_encryption {
    enabled = local.own_key
  }

  lifecycle {
    # Application Auto Scaling moves these. The capacity of an index cannot be named here, only all of its indexes:
    # https://github.com/hashicorp/terraform-provider-aws/issues/671
    ignore_changes = [read_capacity, write_capacity, global_secondary_index]

    postcondition {
      condition     = toset(self.global_secondary_index[*].name) == toset(keys(var.indexes))
      error_message = "Terraform makes the indexes of an autoscaled table with the table and never changes them: bring the table in line with `aws dynamodb update-table` first (terraform/README.md)."
    }
  }
}

locals {
  keys = concat([var.hash_key], var.range_key[*], flatten([for index in values(var.indexes) : concat([index.hash_key], index.range_key[*])]))
  # A key of the table may be one of an index too: each attribute is declared once.
  key_types = { for key in local.keys : key.name => key.type... }

  table   = one(concat(aws_dynamodb_table.fixed, aws_dynamodb_table.autoscaled))
  own_key = var.encryption == "AWS_MANAGED"
}
