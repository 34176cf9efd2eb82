"""`terraform/operate.py` by the real `aws`, Terraform's console and git: moto plays Lambda, a script CodePipeline."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest
import requests

from running_sandbox import ROOT
from sandbox.planning.engine import find_engine

pytestmark = pytest.mark.xdist_group("operate")

FUNCTION = "dev-location"
GIT = shutil.which("git") or "git"
ROLE = "arn:aws:iam::123456789012:role/none"

type Operate = Callable[..., subprocess.CompletedProcess[str]]


@dataclass
class CodePipeline:
    """Answers as CodePipeline does: an execution that has these states in turn, and one that failed before it."""

    states: list[str] = field(default_factory=list)
    frozen: str = ""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    url: str = ""

    def answer(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((operation, parameters))
        execution = {"pipelineName": FUNCTION, "pipelineExecutionId": "e2"}
        match operation:
            case "GetPipelineState":
                way = {"enabled": False, "disabledReason": self.frozen} if self.frozen else {"enabled": True}
                return {
                    "stageStates": [{"stageName": "Source"}, {"stageName": "Release", "inboundTransitionState": way}]
                }
            case "StartPipelineExecution":
                return {"pipelineExecutionId": "e2"}
            case "GetPipelineExecution":
                return {"pipelineExecution": {**execution, "status": self.states.pop(0)}}
            case "ListActionExecutions":
                said = {"executionResult": {"errorDetails": {"message": "alarm dev-location-api-5xx"}}}
                failed = {"actionName": "MoveAlias", "status": "Failed", "output": said}
                other = {"actionName": "TestAndPublish", "status": "Failed", "pipelineExecutionId": "e1"}
                asked = parameters.get("filter", {}).get("pipelineExecutionId")
                found = [other, {**failed, "pipelineExecutionId": "e2"}]
                return {"actionExecutionDetails": [one for one in found if asked in {None, one["pipelineExecutionId"]}]}
        return {}


@pytest.fixture(scope="module")
def codepipeline() -> Iterator[CodePipeline]:
    played = CodePipeline()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            reply = played.answer(self.headers["X-Amz-Target"].partition(".")[2], json.loads(body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(reply).encode())

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        played.url = f"http://127.0.0.1:{server.server_port}"
        yield played
        server.shutdown()


@pytest.fixture(scope="module")
def operate(moto_url: str, codepipeline: CodePipeline, tmp_path_factory: pytest.TempPathFactory) -> Operate:
    """Runs the command, with a Terraform that answers in the console and only tells what it was to init and apply."""
    commands = tmp_path_factory.mktemp("commands")
    engine = " ".join(find_engine(os.environ).command)
    (commands / "terraform").write_text(
        f'#!/bin/sh\ncase "$*" in *console*) exec {engine} "$@";; *) echo "$PWD: $*";; esac\n'
    )
    (commands / "terraform").chmod(0o755)
    uv = Path(sys.executable).with_name("uv")
    find = [str(uv), "tool", "run", "--quiet", "--from", "awscli", "which", "aws"]
    (commands / "aws").symlink_to(subprocess.run(find, text=True, capture_output=True, check=True).stdout.strip())
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_", "VIRTUAL_ENV"))}
    kept.pop("TERRAFORM", None)
    env = kept | {
        "PATH": f"{commands}:{os.environ['PATH']}",
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": moto_url,
        "AWS_ENDPOINT_URL_CODEPIPELINE": codepipeline.url,
        "CHECKPOINT_DISABLE": "1",
    }

    def run(*arguments: str, root: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(root / "terraform/operate.py"), *arguments]
        return subprocess.run(command, env=env | variables, text=True, capture_output=True, check=False)

    return run


@pytest.fixture(scope="module")
def function(moto_url: str) -> Any:
    """The function with two versions, and in the middle of a canary from the first to the second."""
    requests.post(f"{moto_url}/moto-api/reset", timeout=5)
    session = boto3.Session("a", "b", region_name="us-east-1")
    client = session.client("lambda", endpoint_url=moto_url)
    session.client("iam", endpoint_url=moto_url).create_role(RoleName="none", AssumeRolePolicyDocument="{}")
    placeholder = (ROOT / "terraform/modules/function/placeholder.zip").read_bytes()
    client.create_function(
        FunctionName=FUNCTION,
        Runtime="python3.13",
        Role=ROLE,
        Handler="main.handler",
        Code={"ZipFile": placeholder},
        Publish=True,
    )
    client.update_function_code(FunctionName=FUNCTION, ZipFile=zipped("main.py", b""), Publish=True)
    client.create_alias(
        FunctionName=FUNCTION,
        Name="live",
        FunctionVersion="1",
        RoutingConfig={"AdditionalVersionWeights": {"2": 0.1}},
    )
    return client


def zipped(name: str, content: bytes) -> bytes:
    with zipfile.ZipFile(file := io.BytesIO(), "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


LOCATION = ("--env", "dev", "--service", "location")


@pytest.mark.usefixtures("function")
def test_the_live_version_and_a_release_at_work_are_told(operate):
    done = operate("version", *LOCATION)
    assert done.returncode == 0, done.stderr
    assert "+ aws lambda get-alias --function-name dev-location --name live --region us-east-1" in done.stdout
    assert re.search(r"^dev-location live: version 1, published 20", done.stdout, re.MULTILINE)
    assert "10% of the requests get version 2: a release is at work" in done.stdout


def test_a_rollback_moves_all_requests_to_one_version_and_without_one_lists_them(operate, function):
    listed = operate("rollback", *LOCATION)
    assert [line.split()[0] for line in listed.stdout.splitlines() if line.startswith(" ")] == ["1", "2"]
    assert listed.stdout.splitlines()[-2].endswith("live")

    done = operate("rollback", *LOCATION, "--version", "2")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == [
        "dev-location live: version 2, before 1",
        "a release is at work and may move it again: stop the execution of pipeline dev-location",
    ]
    alias = function.get_alias(FunctionName=FUNCTION, Name="live")
    assert (alias["FunctionVersion"], alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})) == ("2", {})

    back = operate("rollback", *LOCATION, "--version", "1")
    assert back.stdout.splitlines()[-1] == "dev-location live: version 1, before 2"


def test_a_release_is_followed_to_its_end(operate, codepipeline):
    codepipeline.states = ["InProgress", "Succeeded"]
    done = operate("release", *LOCATION, "--poll-s", "0")
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if not line.startswith("+")] == [
        "dev-location e2: InProgress",
        "dev-location e2: Succeeded",
    ]
    assert codepipeline.states == []


def test_a_release_that_fails_says_which_step_failed_and_why(operate, codepipeline):
    codepipeline.states = ["Failed"]
    failed = operate("release", *LOCATION)
    assert failed.returncode == 1
    assert failed.stderr == "operate: dev-location is Failed: MoveAlias failed. alarm dev-location-api-5xx\n"


def test_nothing_is_released_through_a_frozen_pipeline(operate, codepipeline):
    codepipeline.frozen, codepipeline.asked[:] = "holidays", []
    refused = operate("release", *LOCATION)
    codepipeline.frozen = ""
    assert refused.returncode == 1
    assert refused.stderr == "operate: dev-location is frozen: holidays. To go on: make unfreeze\n"
    assert [operation for operation, _ in codepipeline.asked] == ["GetPipelineState"]


def test_a_freeze_closes_the_way_into_the_release_and_is_lifted(operate, codepipeline):
    assert operate("freeze", *LOCATION, "--reason", "holidays").returncode == 0
    assert operate("unfreeze", "--env", "dev", "--service", "lambda-lib").returncode == 0
    way = {"pipelineName": "dev-location", "stageName": "Release", "transitionType": "Inbound"}
    assert codepipeline.asked[-2:] == [
        ("DisableStageTransition", {**way, "reason": "holidays"}),
        ("EnableStageTransition", {**way, "pipelineName": "dev-lambda-lib", "stageName": "Build"}),
    ]


@pytest.mark.parametrize(("service", "folder"), [("location", "services/location"), ("lambda-lib", "lambda_lib")])
def test_a_seeded_repository_has_the_folder_with_its_history_as_its_root(operate, tmp_path, service, folder):
    bare = tmp_path / "bare.git"
    subprocess.run([GIT, "init", "--quiet", "--bare", str(bare)], check=True)
    done = operate("seed", "--env", "dev", "--service", service, "--url", str(bare))
    assert done.returncode == 0, done.stderr
    assert f"+ git subtree -q split --prefix {folder}" in done.stdout

    def git(*arguments: str, of: Path = bare) -> list[str]:
        return subprocess.run([GIT, *arguments], cwd=of, text=True, capture_output=True, check=True).stdout.split()

    assert git("ls-tree", "--name-only", "main") == git("ls-tree", "--name-only", f"HEAD:{folder}", of=ROOT)
    assert int(git("rev-list", "--count", "main")[0]) > 1


@pytest.mark.parametrize(
    ("service", "root", "key", "files"),
    [
        ("", "platform", "platform.tfstate", ["../environments/dev.tfvars", "../environments/dev.platform.tfvars"]),
        (
            "location",
            "service",
            "services/location.tfstate",
            ["../environments/dev.tfvars", "../../services/location/service.tfvars"],
        ),
    ],
)
def test_a_root_is_applied_with_its_own_state_and_settings(operate, service, root, key, files):
    done = operate("apply", "--env", "dev", "--service", service, "--", "-auto-approve")
    assert done.returncode == 0, done.stderr
    folder = ROOT / "terraform" / root
    backend = "-backend-config=../environments/dev.tfbackend"
    ran = [line for line in done.stdout.splitlines() if line.startswith(str(folder))]
    assert ran == [
        f"{folder}: init -input=false -reconfigure {backend} -backend-config=key={key}",
        f"{folder}: apply {' '.join(f'-var-file={file}' for file in files)} -auto-approve",
    ]
    assert all((folder / file).is_file() for file in files)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("version", "--env", "nowhere", "--service", "location"), "there is no environment nowhere; there are: dev"),
        (("apply", "--env", "nowhere"), "there is no environment nowhere; there are: dev"),
        (("version", "--env", "dev", "--service", "maps"), "there is no service maps; there are: authentication, "),
        (("release", "--env", "dev"), "which service? --service (SERVICE=); there are: authentication, "),
        (("rollback", "--env", "dev", "--service", "lambda-lib"), "lambda-lib is a package"),
        (("freeze", *LOCATION), "why? --reason (REASON=)"),
        (("freeze", *LOCATION, "--reason", "<b>"), "why? --reason (REASON=)"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(operate, arguments, reason):
    refused = operate(*arguments)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"operate: {reason}")
    assert len(refused.stderr.splitlines()) == 1


def test_without_credentials_nothing_is_done(operate):
    refused = operate("version", *LOCATION, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="", HOME="/nonexistent")
    assert refused.returncode == 1
    assert "redentials" in refused.stderr
    assert "get-alias" not in refused.stdout


def test_credentials_of_another_account_are_refused(operate, tmp_path):
    ignored = shutil.ignore_patterns(".terraform", "tests")
    shutil.copytree(ROOT / "terraform", tmp_path / "terraform", ignore=ignored)
    (tmp_path / "services/location").mkdir(parents=True)
    shutil.copy(ROOT / "services/location/service.tfvars", tmp_path / "services/location")
    settings = tmp_path / "terraform/environments/dev.tfvars"
    settings.write_text(settings.read_text().replace("123456789012", "210987654321"))
    refused = operate("release", *LOCATION, root=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr == "operate: these are credentials of account 123456789012, and dev is in 210987654321\n"
    assert "start-pipeline-execution" not in refused.stdout
