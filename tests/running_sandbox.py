"""A sandbox that is up, as its users see it: HTTP, signed HTTP and the AWS APIs."""

import json
import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

ROOT = Path(__file__).parent.parent
SERVICES = ("authentication", "location", "profile")
ACCOUNT_ID = "123456789012"
SCRIPTS = Path(sys.executable).parent
ALARM_PERIOD_FACTOR = 6


def run(*command: str, timeout_s: int = 240, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run one of the project's commands from the root of the repository, as a person would."""
    return subprocess.run(
        [str(SCRIPTS / command[0]), *command[1:]],
        cwd=ROOT,
        env=os.environ | {"PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"} | (env or {}),
        text=True,
        capture_output=True,
        timeout=timeout_s,
        check=False,
    )


@dataclass(frozen=True)
class RunningSandbox:
    """A sandbox that is up, as its users see it."""

    state: Path
    endpoints: dict[str, Any]

    @property
    def env(self) -> dict[str, str]:
        """The variables that `sandbox env` prints."""
        return {
            "AWS_CONFIG_FILE": str(self.state / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.state / "credentials"),
        }

    def url(self, service: str, path: str = "") -> str:
        return self.endpoints["services"][service] + path

    def aws(self, service: str, credentials: Credentials | None = None) -> Any:
        """A boto3 client with the administrator's keys, or with a role's."""
        if credentials is None:
            profile = dict(
                line.split(" = ") for line in (self.state / "credentials").read_text().splitlines() if " = " in line
            )
            credentials = Credentials(profile["aws_access_key_id"], profile["aws_secret_access_key"])
        return boto3.client(
            service,
            region_name="us-east-1",
            endpoint_url=self.endpoints["aws"],
            aws_access_key_id=credentials.access_key,
            aws_secret_access_key=credentials.secret_key,
            aws_session_token=credentials.token,
            config=Config(retries={"total_max_attempts": 1}),
        )

    def assume(self, role: str) -> Credentials:
        """A session of a role of the account."""
        reply = self.aws("sts").assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT_ID}:role/{role}", RoleSessionName="test")
        keys = reply["Credentials"]
        return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])

    def call(
        self,
        method: str,
        service: str,
        path: str,
        *,
        body: Any = None,
        headers: dict[str, str] | None = None,
        credentials: Credentials | None = None,
    ) -> requests.Response:
        """One HTTP request to a service, signed if credentials are given. A string body is sent as it is."""
        data = body if body is None or isinstance(body, str) else json.dumps(body)
        sent = ({} if data is None else {"Content-Type": "application/json"}) | (headers or {})
        request = AWSRequest(method, self.url(service, path), headers=sent, data=data)
        if credentials is not None:
            SigV4Auth(credentials, "execute-api", "us-east-1").add_auth(request)
        return requests.request(method, request.url, headers=dict(request.headers), data=data, timeout=30)


@dataclass(frozen=True)
class User:
    """A signed-in user."""

    user_id: str
    bearer: dict[str, str]


def a_user(sandbox: RunningSandbox) -> User:
    """Sign up and sign in somebody new."""
    user_id = f"user-{secrets.token_hex(4)}"
    credentials = {"username": user_id, "password": secrets.token_urlsafe(16)}
    assert sandbox.call("POST", "authentication", "/users", body=credentials).status_code == 201
    session = sandbox.call("POST", "authentication", "/sessions", body=credentials)
    assert session.status_code == 201, session.text
    return User(user_id, {"Authorization": f"Bearer {session.json()['token']}"})
