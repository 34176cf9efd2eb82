# Saved queries of the service's log and of its API's access log, by the fields that lambda_lib and the access log have.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
locals {
  log_queries = {
    errors = {
      log_group = var.function.log_group
      query     = <<-EOT
        fields @timestamp, route, status, code, exception_name, request_id, correlation_id
        | filter status >= 500
        | sort @timestamp desc
        | limit 100
      EOT
    }
    slow = {
      log_group = var.function.log_group
      query     = <<-EOT
        fields @timestamp, route, duration_ms, cold_start, calls.0.service, calls.0.duration_ms, request_id
        | filter ispresent(route)
        | sort duration_ms desc
        | limit 100
      EOT
    }
    routes = {
      log_group = var.function.log_group
      query     = <<-EOT
        filter ispresent(route)
        | stats count(*) as requests, avg(duration_ms), pct(duration_ms, 99), sum(status >= 500) as failed by route
        | sort requests desc
      EOT
    }
    throttled = {
      log_group = var.function.log_group
      query     = <<-EOT
        filter code = "throttled"
        | stats count(*) as requests by route, throttling_kinds.0, throttling_causes.0, bin(1m)
        | sort requests desc
      EOT
    }
    correlation = {
      log_group = var.function.log_group
      query     = <<-EOT
        fields @timestamp, level, message, route, status, code
        | filter correlation_id = "CORRELATION ID"
        | sort @timestamp asc
      EOT
    }
    refused = {
      log_group = var.api.access_log_group
      query     = <<-EOT
        filter status >= 400
        | stats count(*) as requests by httpMethod, resourcePath, status, errorType, principal
        | sort requests desc
      EOT
    }
  }
}

resource "aws_cloudwatch_query_definition" "this" {
  for_each = local.log_queries

  name            = "${var.queries}/${each.key}"
  log_group_names = [each.value.log_group]
  query_string    = each.value.query
}
