"""The real Terraform with one process of the real AWS provider for all of its commands, against an AWS played by moto.

Terraform starts the provider for each run of a test file anew, and checks its 700 MB against the lock file each time.
A provider that is running already is found by an environment variable, which was made for debugging:
https://developer.hashicorp.com/terraform/plugin/debugging. That halves the time of `terraform test`.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.access.identity import Credentials
from sandbox.guard import guarded
from sandbox.planning.account import Account
from sandbox.planning.engine import Engine, find_engine
from sandbox.planning.plans import terraform_environment

ACCOUNT_ID = "123456789012"
ROOT = Path(__file__).parent.parent
REATTACH = "TF_REATTACH_PROVIDERS"
ANY_PROVIDER = 'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n}\n'


@dataclass(frozen=True)
class RealTerraform:
    """Runs Terraform's commands; `env` leads it to the running provider, and `log` is what that says."""

    engine: Engine
    env: dict[str, str]
    log: Path

    def __call__(self, *arguments: str, cwd: Path, codes: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
        """Run a command, which has to end with one of `codes`."""
        command = [*self.engine.command, *arguments]
        done = subprocess.run(command, cwd=cwd, env=self.env, text=True, capture_output=True, check=False)
        assert done.returncode in codes, f"{self.engine.name} {' '.join(arguments)}\n{done.stdout}{done.stderr}"
        return done

    def show(self, plan: str, *, cwd: Path) -> Any:
        """A plan as JSON."""
        return json.loads(self("show", "-json", "-no-color", plan, cwd=cwd).stdout)


@contextmanager
def real_terraform(folder: Path, aws_url: str) -> Iterator[RealTerraform]:
    """Start the provider that `terraform init` gets; it ends with the context. `folder` is for its files."""
    engine = find_engine(os.environ)
    env = terraform_environment(
        os.environ,
        account=Account(ACCOUNT_ID, "us-east-1"),
        aws_url=aws_url,
        administrator=Credentials("none", "none", None, None),
    )
    (folder / "versions.tf").write_text(ANY_PROVIDER)
    log = folder / "provider.log"
    RealTerraform(engine, env, log)("init", "-input=false", "-no-color", cwd=folder)
    [binary] = folder.glob(".terraform/providers/*/hashicorp/aws/*/*/terraform-provider-aws*")
    with log.open("w") as stderr:
        provider = subprocess.Popen(
            guarded(str(binary), "-debug"),
            env=env | {"TF_LOG_PROVIDER": "DEBUG", "AWS_MAX_ATTEMPTS": "2"},
            cwd=ROOT / "terraform/service",  # the provider itself reads the placeholder, by a relative path
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    with provider:
        yield RealTerraform(engine, env | {REATTACH: _address(provider, registry=binary.parents[4].name)}, log)
        assert provider.stdin is not None
        provider.stdin.close()


def _address(provider: subprocess.Popen[str], *, registry: str) -> str:
    """What the provider says for the environment variable, under the registry's name that the engine knows it by."""
    assert provider.stdout is not None
    for line in provider.stdout:
        if found := re.search(rf"{REATTACH}='(.*)'", line):
            [address] = json.loads(found[1]).values()
            return json.dumps({f"{registry}/hashicorp/aws": address})
    raise AssertionError("the provider ended without saying where it listens")
