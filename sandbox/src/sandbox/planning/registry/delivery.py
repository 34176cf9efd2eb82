"""Delivery: repositories, pipelines, packages and what they need are planned and shown, but do not run."""

from sandbox.planning.registry.row import CheckedRow, Row

_PIPELINE = "no pipeline runs here: `sandbox up` releases the bundles that it finds"
_REPOSITORY = "no repository is served here"
_ARTIFACTS = "no artifact is stored here: bundles are read from their folder"
_PACKAGES = "no package is served here: bundles are made before `sandbox up`, from the locks and this checkout"

ROWS: dict[str, Row] = {
    "aws_cloudwatch_event_rule": CheckedRow(_PIPELINE),
    "aws_cloudwatch_event_target": CheckedRow(_PIPELINE),
    "aws_codeartifact_domain": CheckedRow(_PACKAGES),
    "aws_codeartifact_repository": CheckedRow(_PACKAGES),
    "aws_codebuild_project": CheckedRow(_PIPELINE),
    "aws_codecommit_approval_rule_template": CheckedRow(_REPOSITORY),
    "aws_codecommit_approval_rule_template_association": CheckedRow(_REPOSITORY),
    "aws_codecommit_repository": CheckedRow(_REPOSITORY),
    "aws_codepipeline": CheckedRow(_PIPELINE),
    "aws_kms_alias": CheckedRow(_ARTIFACTS),
    "aws_kms_key": CheckedRow(_ARTIFACTS),
    "aws_s3_bucket": CheckedRow(_ARTIFACTS),
    "aws_s3_bucket_lifecycle_configuration": CheckedRow(_ARTIFACTS),
    "aws_s3_bucket_ownership_controls": CheckedRow(_ARTIFACTS),
    "aws_s3_bucket_policy": CheckedRow(_ARTIFACTS),
    "aws_s3_bucket_public_access_block": CheckedRow(_ARTIFACTS),
    "aws_s3_bucket_server_side_encryption_configuration": CheckedRow(_ARTIFACTS),
    "aws_s3_bucket_versioning": CheckedRow(_ARTIFACTS),
}
