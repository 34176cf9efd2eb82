# Two repositories, and no way from one to the other: what the environment's teams publish is asked for by name in
# `packages`, which has no upstream; everything else comes from `pypi`. With one repository for both, a package that somebody
# puts on PyPI under the name of ours could be installed in its place.
# https://docs.aws.amazon.com/codeartifact/latest/ug/dependency-substitution-attacks.html
resource "aws_codeartifact_domain" "this" {
  #checkov:skip=CKV_AWS_221:the AWS managed key will do: packages are public, or code that builds may read
  domain = local.names.packages.domain.name
}

resource "aws_codeartifact_repository" "packages" {
  domain      = aws_codeartifact_domain.this.domain
  repository  = local.names.packages.own.name
  description = "Packages of ${var.environment}"
}

resource "aws_codeartifact_repository" "pypi" {
  domain      = aws_codeartifact_domain.this.domain
  repository  = local.names.packages.public.name
  description = "What has been asked for of PyPI"

  external_connections {
    external_connection_name = "public:pypi"
  }
}

# For those who install packages on their own machine.
data "aws_iam_policy_document" "package_reader" {
  statement {
    sid       = "ReadPackages"
    actions   = ["codeartifact:GetRepositoryEndpoint", "codeartifact:ReadFromRepository"]
    resources = [local.names.packages.own.arn, local.names.packages.public.arn]
  }

  statement {
    sid       = "GetPackageToken"
    actions   = ["codeartifact:GetAuthorizationToken"]
    resources = [local.names.packages.domain.arn]
  }

  # https://docs.aws.amazon.com/codeartifact/latest/ug/get-set-up-provision-user.html
  statement {
    sid       = "GetBearerToken"
    actions   = ["sts:GetServiceBearerToken"]
    resources = ["*"] # the token is of no resource: the condition says which service takes it

    condition {
      test     = "StringEquals"
      variable = "sts:AWSServiceName"
      values   = ["codeartifact.amazonaws.com"]
    }
  }
}

resource "aws_iam_policy" "package_reader" {
  name        = local.names.package_reader_policy.name
  description = "Installs packages of ${var.environment}"
  policy      = data.aws_iam_policy_document.package_reader.json
}
