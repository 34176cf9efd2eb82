# The table, and every index by itself, follow their consumption: no less than the capacity that they are made with, no
# more than the table's most.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html
locals {
  scaled_parts = var.autoscaling == null ? {} : merge(
    { (var.name) = { path = "table/${var.name}", kind = "table", least = { read = var.read_capacity, write = var.write_capacity } } },
    { for name, index in var.indexes : "${var.name}-${name}" => {
      path  = "table/${var.name}/index/${name}"
      kind  = "index"
      least = { read = index.read_capacity, write = index.write_capacity }
    } },
  )

  scaled = merge([
    for name, part in local.scaled_parts : {
      for kind, limits in var.autoscaling : "${name}-${kind}" => {
        path           = part.path
        dimension      = "dynamodb:${part.kind}:${title(kind)}CapacityUnits"
        metric         = "DynamoDB${title(kind)}CapacityUtilization"
        least          = part.least[kind]
        most           = limits.max
        target_percent = limits.target_percent
      }
    }
  ]...)
}

resource "aws_appautoscaling_target" "this" {
  for_each = local.scaled

  service_namespace  = "dynamodb"
  resource_id        = each.value.path
  scalable_dimension = each.value.dimension
  min_capacity       = each.value.least
  max_capacity       = each.value.most

  depends_on = [aws_dynamodb_table.autoscaled] # its path comes from the names
}

resource "aws_appautoscaling_policy" "this" {
  for_each = local.scaled

  name               = each.key
  service_namespace  = aws_appautoscaling_target.this[each.key].service_namespace
  resource_id        = aws_appautoscaling_target.this[each.key].resource_id
  scalable_dimension = aws_appautoscaling_target.this[each.key].scalable_dimension
  policy_type        = "TargetTrackingScaling"

  target_tracking_scaling_policy_configuration {
    target_value = each.value.target_percent

    predefined_metric_specification {
      predefined_metric_type = each.value.metric
    }
  }
}
