"""The calls that the provider made, out of its debug log, as IAM actions.

`provider_calls.json` holds those of apply, plan and destroy of a service, by type of resource: test_apply.py checks
that they still are those, test_deployer.py that the deployer may make them.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).with_name("provider_calls.json")

# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_PREFIXES = {
    "API Gateway": "apigateway",
    "CloudWatch": "cloudwatch",
    "CloudWatch Logs": "logs",
    "CodeBuild": "codebuild",
    "DynamoDB": "dynamodb",
    "EventBridge": "events",
    "IAM": "iam",
    "Lambda": "lambda",
    "SSM": "ssm",
}


def recorded_calls() -> dict[str, list[str]]:
    """The actions of `provider_calls.json`, by type of resource."""
    calls: dict[str, list[str]] = json.loads(RECORDED.read_text())
    return calls


def calls_in(log: str) -> dict[str, list[str]]:
    """The actions that a provider's log tells of, by type of resource; those for no resource are left out."""
    found: dict[str, set[str]] = {}
    for entry in _sent(log):
        if kind := entry.get("tf_resource_type"):
            found.setdefault(kind, set()).add(_action(entry))
    return {kind: sorted(actions) for kind, actions in sorted(found.items())}


def _sent(log: str) -> Iterator[dict[str, Any]]:
    for line in log.splitlines():
        if '"HTTP Request Sent"' in line:
            yield json.loads(line[line.index("{") :])


def _action(entry: dict[str, Any]) -> str:
    prefix = _PREFIXES[entry["rpc.service"]]
    # API Gateway's actions are the methods of its requests.
    return f"{prefix}:{entry['http.method' if prefix == 'apigateway' else 'rpc.method']}"
