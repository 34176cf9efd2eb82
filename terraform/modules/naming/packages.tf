# CodeArtifact's names and URLs. A domain's name is unique in account and region; a repository's in its domain.
# https://docs.aws.amazon.com/codeartifact/latest/ug/python-configure-without-pip.html
locals {
  library     = "lambda-lib"
  repository  = "arn:aws:codeartifact:${local.account}:repository/${var.environment}"
  index_host  = "${var.environment}-${var.account_id}.d.codeartifact.${var.region}.amazonaws.com"
  index_roots = { for repository in ["packages", "pypi"] : repository => "https://${local.index_host}/pypi/${repository}" }

  packages = {
    domain = {
      name = var.environment
      arn  = "arn:aws:codeartifact:${local.account}:domain/${var.environment}"
    }
    host = local.index_host
    # What the environment's own teams publish. It has no upstream, so that no public package can answer for a name in it.
    own = {
      name        = "packages"
      arn         = "${local.repository}/packages"
      index_url   = "${local.index_roots["packages"]}/simple/"
      publish_url = "${local.index_roots["packages"]}/"
      library_arn = "arn:aws:codeartifact:${local.account}:package/${var.environment}/packages/pypi//${local.library}"
    }
    # Everything else: PyPI, kept as it was when first asked for.
    public = {
      name      = "pypi"
      arn       = "${local.repository}/pypi"
      index_url = "${local.index_roots["pypi"]}/simple/"
    }
  }
}
