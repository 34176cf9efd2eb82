"""`terraform/bootstrap/apply.sh` in an empty account, which moto plays, by the real Terraform, provider and `aws`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest

from sandbox.planning.engine import find_engine

ROOT = Path(__file__).parent.parent
BUCKET = "123456789012-us-east-1-dev-state"

# What moto cannot: it evaluates no condition, so that the policy would deny everything, and has no virtual hosts. The
# lifecycle is left out because the provider waits a minute for it.
MODULE_OVERRIDE = """
resource "aws_s3_bucket_policy" "this" {
  count = 0
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  count = 0
}
"""
ROOT_OVERRIDE = """
provider "aws" {
  s3_use_path_style = true
}
"""

type Bootstrap = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def s3(empty_account: str):
    return boto3.client(
        "s3", endpoint_url=empty_account, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )


@pytest.fixture
def declaration(tmp_path: Path) -> Path:
    copy = tmp_path / "terraform"
    shutil.copytree(ROOT / "terraform", copy, ignore=shutil.ignore_patterns(".terraform", "tests"))
    (copy / "environments/dev.tfbackend").unlink()
    (copy / "modules/bucket/moto_override.tf").write_text(MODULE_OVERRIDE)
    (copy / "bootstrap/moto_override.tf").write_text(ROOT_OVERRIDE)
    return copy


@pytest.fixture
def bootstrap(declaration: Path, empty_account: str, tmp_path: Path) -> Bootstrap:
    commands = tmp_path / "commands"
    commands.mkdir()
    for name, words in {
        "terraform": find_engine(os.environ).command,
        "aws": (str(Path(sys.executable).with_name("uv")), "tool", "run", "--quiet", "--from", "awscli", "aws"),
    }.items():
        (commands / name).write_text(f'#!/bin/sh\nexec {" ".join(words)} "$@"\n')
        (commands / name).chmod(0o755)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_VAR_", "VIRTUAL_ENV"))}
    env |= {
        "PATH": f"{commands}:{os.environ['PATH']}",
        "AWS_ENDPOINT_URL": empty_account,
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_EC2_METADATA_DISABLED": "true",
        "CHECKPOINT_DISABLE": "1",
        "TF_CLI_ARGS_init": "-backend-config=use_path_style=true",
    }
    env.pop("TERRAFORM", None)
    script = str(declaration / "bootstrap/apply.sh")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [script, *arguments, "-auto-approve", "-input=false", "-no-color"]
        return subprocess.run(command, env=env, text=True, capture_output=True, check=False)

    return run


def test_one_command_makes_the_bucket_and_keeps_its_own_state_in_it_and_may_run_again(bootstrap, declaration, s3):
    first = bootstrap("dev")
    assert first.returncode == 0, first.stdout + first.stderr
    assert f"+ aws s3api create-bucket --bucket {BUCKET} --region us-east-1" in first.stderr
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == ["bootstrap.tfstate"]
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    assert not list((declaration / "bootstrap").glob("*.tfstate*"))
    # The backend configuration that a fresh clone has is the one that the command writes.
    written = (declaration / "environments/dev.tfbackend").read_text()
    assert written == (ROOT / "terraform/environments/dev.tfbackend").read_text()

    again = bootstrap("dev")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "No changes." in again.stdout
    assert "create-bucket" not in again.stderr
    assert "import" not in again.stderr

    s3.delete_object(Bucket=BUCKET, Key="bootstrap.tfstate")
    recovered = bootstrap("dev")
    assert recovered.returncode == 0, recovered.stdout + recovered.stderr
    assert "terraform import" in recovered.stderr
    assert "0 destroyed" in recovered.stdout


def test_credentials_of_another_account_are_refused_before_anything_is_made(bootstrap, declaration, s3):
    settings = declaration / "environments/dev.tfvars"
    settings.write_text(settings.read_text().replace("123456789012", "210987654321"))
    refused = bootstrap("dev")
    assert refused.returncode == 1
    assert "these are credentials of account 123456789012, and dev is in 210987654321" in refused.stderr
    assert s3.list_buckets()["Buckets"] == []


def test_a_bucket_of_that_name_in_another_account_is_refused(bootstrap, s3):
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_policy(
        Bucket=BUCKET,
        Policy=f'{{"Version": "2012-10-17", "Statement": [{{"Effect": "Deny", "Principal": "*", "Action": "s3:*",'
        f' "Resource": ["arn:aws:s3:::{BUCKET}", "arn:aws:s3:::{BUCKET}/*"]}}]}}',
    )
    refused = bootstrap("dev")
    assert refused.returncode == 1
    assert "403" in refused.stderr
    assert "create-bucket" not in refused.stderr


def test_an_environment_without_settings_is_refused(bootstrap):
    refused = bootstrap("nowhere")
    assert refused.returncode == 1
    assert "nowhere.tfvars is missing" in refused.stderr
