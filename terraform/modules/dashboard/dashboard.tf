# The body is made of names only, so that a plan shows it whole. Its format:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
locals {
  api      = ["ApiName", var.api.name, "Stage", var.api.stage]
  function = ["FunctionName", var.function.name]
  service  = ["service", var.service.name]

  graphs = concat(
    [
      {
        title = "Traffic: requests a minute"
        stat  = "Sum"
        metrics = [
          concat(["AWS/ApiGateway", "Count"], local.api),
          concat(["AWS/ApiGateway", "4XXError"], local.api),
          concat(["AWS/Lambda", "Invocations"], local.function),
        ]
      },
      {
        title = "Errors a minute"
        stat  = "Sum"
        metrics = [
          concat(["AWS/ApiGateway", "5XXError"], local.api),
          concat(["AWS/Lambda", "Errors"], local.function),
          concat([var.service.namespace, "ServerErrors"], local.service),
          concat([var.service.namespace, "Throttled"], local.service),
        ]
      },
      {
        title = "Latency (ms)"
        stat  = "p99"
        metrics = [
          concat(["AWS/ApiGateway", "Latency"], local.api, [{ stat = "p50", label = "API, p50" }]),
          concat(["AWS/ApiGateway", "Latency"], local.api, [{ label = "API, p99" }]),
          concat(["AWS/ApiGateway", "IntegrationLatency"], local.api, [{ label = "function as the API sees it, p99" }]),
          concat(["AWS/Lambda", "Duration"], local.function, [{ label = "function, p99" }]),
        ]
      },
      {
        title = "Function: concurrency and starts"
        stat  = "Sum"
        metrics = [
          concat(["AWS/Lambda", "ConcurrentExecutions"], local.function, [{ stat = "Maximum" }]),
          concat(["AWS/Lambda", "Throttles"], local.function),
          concat([var.service.namespace, "ColdStart"], local.service),
        ]
      },
    ],
    [for graph in local.capacity_graphs : { title = graph.title, stat = "Sum", metrics = graph.metrics }],
    [for graph in local.throttle_graphs : { title = graph.title, stat = "Sum", metrics = graph.metrics }],
  )
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = concat(
      [{
        type       = "alarm", x = 0, y = 0, width = 24, height = 4
        properties = { title = "Alarms", alarms = var.alarm_arns }
      }],
      [for index, graph in local.graphs : {
        type = "metric", x = 12 * (index % 2), y = 4 + 6 * floor(index / 2), width = 12, height = 6
        properties = {
          title   = graph.title
          region  = var.region
          view    = "timeSeries"
          period  = 60
          stat    = graph.stat
          metrics = graph.metrics
          yAxis   = { left = { min = 0 } }
        }
      }],
    )
  })
}
