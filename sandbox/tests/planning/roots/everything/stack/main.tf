terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

variable "name" { type = string }

variable "role" { type = string }

variable "log_format" {
  type    = string
  default = "JSON"
}

variable "stage" {
  type    = string
  default = "prod"
}

resource "aws_lambda_function" "this" {
  function_name                  = var.name
  role                           = var.role
  handler                        = "main.handler"
  runtime                        = "python3.13"
  filename                       = "${path.module}/code.zip"
  publish                        = true
  timeout                        = 7
  reserved_concurrent_executions = 4

  logging_config {
    log_format = var.log_format
    log_group  = "/mine/${var.name}"
  }
}

resource "aws_lambda_alias" "this" {
  name             = "live"
  function_name    = aws_lambda_function.this.arn
  function_version = aws_lambda_function.this.version
}

resource "aws_lambda_permission" "this" {
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  function_name = aws_lambda_function.this.function_name
  source_arn    = "${aws_api_gateway_stage.this.execution_arn}/GET/*"
}

resource "aws_api_gateway_rest_api" "this" {
  name               = var.name
  body               = jsonencode({ openapi = "3.0.1", info = { title = var.name, version = "1" }, paths = {} })
  binary_media_types = ["image/png"]

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_rest_api_policy" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  policy      = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Action = "*", Resource = "*", Principal = "*" }] })
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  triggers    = { body = sha1(aws_api_gateway_rest_api.this.body) }
}

resource "aws_api_gateway_stage" "this" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = var.stage
  variables     = { colour = "blue" }
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    throttling_rate_limit  = 10
    throttling_burst_limit = 20
  }
}

output "url" { value = aws_api_gateway_stage.this.invoke_url }
