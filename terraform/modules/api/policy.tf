# The callee names its callers. Within one account an Allow here or in the caller's own policy is enough, so naming
# callers in an Allow would keep nobody out: each signed route is denied to all but its callers.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
#
# `*` with a condition, and not the callers as principals: API Gateway refuses a policy that names a role that does not
# exist yet, and an AWS principal breaks routes that need no signature.
#
# ARNs in full with the API id left open (the policy is this API's alone): API Gateway expands the short form
# `execute-api:/…`, which Terraform would then want to change back for ever.
# https://github.com/hashicorp/terraform-provider-aws/issues/5549
data "aws_iam_policy_document" "this" {
  statement {
    sid       = "AllowEveryRoute"
    actions   = ["execute-api:Invoke"]
    resources = ["${var.apis_arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }
  }

  dynamic "statement" {
    for_each = var.signed_routes

    content {
      sid       = "DenyOthers${replace(title(lower(replace(statement.key, "/[^A-Za-z0-9]+/", " "))), " ", "")}"
      effect    = "Deny"
      actions   = ["execute-api:Invoke"]
      resources = local.route_arns[statement.key]

      principals {
        type        = "*"
        identifiers = ["*"]
      }

      # For a role's session the value is the role's ARN; for an unsigned request there is none, which counts as unequal.
      condition {
        test     = "StringNotEquals"
        variable = "aws:PrincipalArn"
        values   = statement.value
      }
    }
  }

  # The Allow above is good for every principal of every account. A signed request whose path no statement above names (a
  # signed route that a release brought before this policy knew of it, a path spelt in another way) is for the callers of
  # this API at the most. Unsigned requests, and those to routes that check no signature, have no principal.
  statement {
    sid       = "DenyStrangers"
    effect    = "Deny"
    actions   = ["execute-api:Invoke"]
    resources = ["${var.apis_arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Null"
      variable = "aws:PrincipalArn"
      values   = ["false"]
    }

    dynamic "condition" {
      for_each = length(local.callers) > 0 ? [local.callers] : []

      content {
        test     = "StringNotEquals"
        variable = "aws:PrincipalArn"
        values   = condition.value
      }
    }
  }
}

locals {
  callers = sort(distinct(flatten([for callers in values(var.signed_routes) : tolist(callers)])))

  # `ANY` stands for the methods that its path does not name: to deny all would deny those too.
  route_methods = {
    for route in keys(var.signed_routes) : route => startswith(route, "ANY ") ? [
      for method in local.methods : upper(method) if !contains(keys(local.operations), replace(route, "ANY ", "${upper(method)} "))
    ] : [split(" ", route)[0]]
  }

  # A path that ends in a word is denied with a trailing slash too: which form of it API Gateway compares is not documented.
  route_arns = {
    for route in keys(var.signed_routes) : route => flatten([
      for method in local.route_methods[route] : [
        for suffix in endswith(route, "}") ? [""] : ["", "/"] :
        "${var.apis_arn}/${method}${replace(split(" ", route)[1], "/{[^}]+}/", "*")}${suffix}"
      ]
    ])
  }
}
