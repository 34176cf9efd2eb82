resource "aws_api_gateway_rest_api" "this" {
  #checkov:skip=CKV_AWS_237:a new API has a new id and URL, so a plan that replaces it has to be stopped, not made smoother
  name = var.name
  # The import warns of the security scheme `bearer`, which it ignores: fail_on_warnings has to stay off.
  body = replace(var.contract, "$${integration_uri}", var.integration.uri)
  # Here and not in a resource of its own: putting a body drops a policy that the API's resource does not know of.
  policy = data.aws_iam_policy_document.this.json

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  lifecycle {
    # A release puts the contract.
    ignore_changes = [body]

    precondition {
      condition     = length(local.undeclared_routes) == 0
      error_message = "These routes of the contract take signed requests, but signed_routes names no callers: ${join(", ", local.undeclared_routes)}."
    }

    precondition {
      condition     = length(local.unsigned_routes) == 0
      error_message = "These signed_routes are not routes of the contract that take signed requests (AWS_IAM): ${join(", ", local.unsigned_routes)}."
    }
  }
}

locals {
  methods = ["get", "put", "post", "patch", "delete", "head", "options"]
  # API Gateway's own word for every method that a path does not name.
  any = "x-amazon-apigateway-any-method"

  operations = merge([
    for path, operations in jsondecode(var.contract).paths : {
      for method, operation in operations : "${method == local.any ? "ANY" : upper(method)} ${path}" => operation
      if contains(concat(local.methods, [local.any]), method)
    }
  ]...)

  contract_signed_routes = toset([
    for route, operation in local.operations : route
    if strcontains(jsonencode(lookup(operation, "x-amazon-apigateway-auth", {})), "AWS_IAM")
  ])

  undeclared_routes = sort(setsubtract(local.contract_signed_routes, keys(var.signed_routes)))
  unsigned_routes   = sort(setsubtract(keys(var.signed_routes), local.contract_signed_routes))
}
