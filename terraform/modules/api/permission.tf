resource "aws_lambda_permission" "invoke" {
  statement_id  = "${var.name}-api"
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  function_name = var.integration.function
  qualifier     = var.integration.alias # a permission on the function does not cover its aliases
  source_arn    = "${aws_api_gateway_rest_api.this.execution_arn}/${var.stage}/*"
}
