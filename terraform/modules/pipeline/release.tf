# Puts the contract to the API, before and after the alias moves. A project and a role of their own: the build, which runs
# what is in the repository, reaches no API. For the same reason the buildspec is here and not in the repository, works in
# an empty folder, and imports nothing from the artifact (`-I`): that holds the contract, and whatever the build put there.
resource "aws_codebuild_project" "release" {
  count = length(local.functions)

  name                   = var.names.release.name
  description            = "Puts the contract of ${var.repository.name} to its API"
  service_role           = var.names.release.role.arn
  build_timeout          = 10 # minutes
  concurrent_build_limit = 1

  encryption_key = var.artifact_bucket.key.arn

  source {
    type = "CODEPIPELINE"
    buildspec = yamlencode({
      version = "0.2"
      env     = { shell = "bash" }
      phases = {
        install = { runtime-versions = { python = 3.13 } }
        build = {
          on-failure = "ABORT"
          commands = [
            "cd \"$(mktemp -d)\"",
            # Two commands: the status of `echo $(command)` is that of echo.
            "PACKAGE_TOKEN=$(aws codeartifact get-authorization-token --domain \"$PACKAGE_DOMAIN\" --query authorizationToken --output text)",
            "(umask 077 && echo \"machine $PACKAGE_HOST login aws password $PACKAGE_TOKEN\" > ~/.netrc)",
            "cat > release.lock <<'END'\n${file("${path.module}/release.lock")}END",
            "python -I -m venv release",
            "release/bin/python -I -m pip install --require-hashes --requirement release.lock",
            "release/bin/python -I -m pip install --no-deps --index-url \"$LAMBDA_LIB_INDEX\" lambda-lib==${var.contract.lambda_lib_version}",
            "release/bin/python -I -m lambda_lib_release \"$STEP\" --contract \"$CODEBUILD_SRC_DIR/openapi.json\"",
          ]
        }
      }
    })
  }

  artifacts {
    type = "CODEPIPELINE"
  }

  environment {
    type         = local.machine.type
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = local.machine.image

    dynamic "environment_variable" {
      for_each = merge(local.index_variables, {
        API             = var.contract.api_name
        INTEGRATION_URI = var.contract.integration_uri
        URL_PARAMETER   = var.contract.url_parameter.name
      })

      content {
        name  = environment_variable.key
        value = environment_variable.value
      }
    }
  }

  logs_config {
    cloudwatch_logs {
      group_name  = aws_cloudwatch_log_group.build.name
      stream_name = "release"
    }
  }

  depends_on = [aws_iam_role_policy.release] # the role's ARN comes from the names
}

data "aws_iam_policy_document" "release" {
  source_policy_documents = [data.aws_iam_policy_document.any_build.json]

  # Only AWS knows the API's id, so that these are good for every API of the region; the command refuses another than the
  # one of this name. Not among them is apigateway:UpdateRestApiPolicy: no release changes who may call.
  # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-create-attach.html
  statement {
    sid       = "ReadApi"
    actions   = ["apigateway:GET"]
    resources = ["${local.apis}/*"]
  }

  statement {
    sid       = "MergeContract"
    actions   = ["apigateway:PUT"]
    resources = ["${local.apis}/*"]
  }

  statement {
    sid       = "RemoveFromContract"
    actions   = ["apigateway:DELETE"]
    resources = ["${local.apis}/*/gatewayresponses/*", "${local.apis}/*/resources/*"]
  }

  statement {
    sid       = "Deploy"
    actions   = ["apigateway:POST"]
    resources = ["${local.apis}/*/deployments"]
  }

  statement {
    sid       = "MoveStage"
    actions   = ["apigateway:PATCH"]
    resources = ["${local.apis}/*/stages/*"]
  }

  dynamic "statement" {
    for_each = var.contract[*]

    content {
      sid       = "FindApi"
      actions   = ["ssm:GetParameter"]
      resources = [statement.value.url_parameter.arn]
    }
  }
}

resource "aws_iam_role_policy" "release" {
  count = length(local.functions)

  name   = "release"
  role   = aws_iam_role.release[0].name
  policy = data.aws_iam_policy_document.release.json
}

resource "aws_iam_role" "release" {
  count = length(local.functions)

  name                 = var.names.release.role.name
  description          = "Releases of ${var.names.pipeline.name}: the contract"
  assume_role_policy   = data.aws_iam_policy_document.trust["release"].json
  permissions_boundary = var.permissions_boundary
}

locals {
  apis = "arn:aws:apigateway:${split(":", var.names.build.arn)[3]}::/restapis"
}
