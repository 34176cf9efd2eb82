"""The planned buildspec of a release, run as CodeBuild runs it: with what it installs, beside a hostile artifact."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from running_sandbox import ROOT, RunningSandbox

pytestmark = pytest.mark.xdist_group("running sandbox")

BASH = shutil.which("bash") or "bash"
HOSTILE = "import pathlib; pathlib.Path(__file__).with_name('ran').touch()\n"
# moto's import knows neither authorization nor validators, so the contract has none.
CONTRACT = {
    "openapi": "3.0.1",
    "info": {"title": "location", "version": "1.0.0"},
    "paths": {
        "/things": {
            "get": {
                "responses": {},
                "x-amazon-apigateway-integration": {
                    "type": "aws_proxy",
                    "httpMethod": "POST",
                    "uri": "${integration_uri}",
                },
            }
        }
    },
}


@pytest.fixture
def project(sandbox: RunningSandbox) -> dict[str, Any]:
    """The CodeBuild project that releases location's contract, as planned."""
    plan = json.loads((sandbox.state / "terraform/location.json").read_text())
    address = "module.pipeline.aws_codebuild_project.release[0]"
    return next(item["change"]["after"] for item in plan["resource_changes"] if item["address"] == address)


@pytest.fixture
def session(empty_account: str, monkeypatch: pytest.MonkeyPatch) -> boto3.Session:
    """An account with location's API, which has no method yet, and the parameter that says where it is."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", empty_account)
    session = boto3.Session("a", "b", region_name="us-east-1")
    api = session.client("apigateway").create_rest_api(name="dev-location")["id"]
    session.client("apigateway").put_rest_api(restApiId=api, mode="merge", body=json.dumps(CONTRACT).encode())
    session.client("apigateway").create_deployment(restApiId=api, stageName="live")
    url = f"https://{api}.execute-api.us-east-1.amazonaws.com/live"
    session.client("ssm").put_parameter(Name="/dev/location/url", Type="String", Value=url)
    return session


@pytest.fixture
def index(tmp_path: Path) -> str:
    """An index that has the wheel of lambda_lib and nothing else."""
    folder = tmp_path / "simple/lambda-lib"
    uv = str(Path(sys.executable).with_name("uv"))
    subprocess.run([uv, "build", "--quiet", "--wheel", "lambda_lib", "--out-dir", str(folder)], cwd=ROOT, check=True)
    (wheel,) = folder.glob("*.whl")
    (folder / "index.html").write_text(f'<a href="{wheel.name}">{wheel.name}</a>')
    return folder.parent.as_uri()


def test_a_release_puts_the_contract_with_what_it_installs_and_imports_nothing_of_the_artifact(
    project, session, index, tmp_path
):
    artifact, commands = tmp_path / "artifact", tmp_path / "commands"
    artifact.mkdir()
    commands.mkdir()
    (artifact / "openapi.json").write_text(json.dumps({**CONTRACT, "info": {"title": "location", "version": "2.0.0"}}))
    for module in ("botocore", "json", "lambda_lib_release", "pip", "sitecustomize", "venv"):
        (artifact / f"{module}.py").write_text(HOSTILE)
    (commands / "python").symlink_to(sys.executable)
    (commands / "aws").write_text('#!/bin/sh\necho "token for $*"\n')
    (commands / "aws").chmod(0o755)
    planned = {item["name"]: item["value"] for item in project["environment"][0]["environment_variable"]}
    env = {
        "PATH": f"{commands}:{os.defpath}",
        "HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": os.environ["AWS_ENDPOINT_URL"],
        "CODEBUILD_SRC_DIR": str(artifact),
        "STEP": "add",
        **{name: value for name, value in planned.items() if name not in {"PIP_INDEX_URL", "UV_DEFAULT_INDEX"}},
        "LAMBDA_LIB_INDEX": index,
    }
    script = "\n".join(["set -e", *yaml.safe_load(project["source"][0]["buildspec"])["phases"]["build"]["commands"]])
    done = subprocess.run([BASH, "-c", script], cwd=artifact, env=env, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].endswith("Contract 2.0.0 added")
    assert not (artifact / "ran").exists()
    assert (
        (tmp_path / ".netrc").read_text().startswith(f"machine {planned['PACKAGE_HOST']} login aws password token for")
    )
    client = session.client("apigateway")
    (api,) = client.get_rest_apis()["items"]
    deployment = client.get_stage(restApiId=api["id"], stageName="live")["deploymentId"]
    assert client.get_deployment(restApiId=api["id"], deploymentId=deployment)["description"] == "Contract 2.0.0 added"
