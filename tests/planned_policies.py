"""Who may do what, by the planned policies: roles and people, what they are granted, and whose resources that reaches.

Everything here is an upper bound: what a request brings with it (a prefix, a passed role, a source) is taken to be
whatever the policy asks for, so that only who asks counts.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from running_sandbox import ACCOUNT_ID, SERVICES
from sandbox.access.identity import Principal
from sandbox.access.policy import authorize_identity
from sandbox.declaration import Role
from sandbox.planning.computed import AwsComputed
from sandbox.planning.plan import Plan
from sandbox.planning.planned import iam
from sandbox.planning.planned.item import Items
from sandbox.planning.references import References

REGION = "us-east-1"
LIBRARY = "lambda-lib"
POLICIES_FOR_PEOPLE = {
    "dev-developer": "developer",
    "dev-operator": "operator",
    "dev-package-reader": "package reader",
}

_ROLE = re.compile(r"dev-(?P<owner>[a-z0-9-]+)-(?P<kind>function|pipeline|build|release|push)")


@dataclass(frozen=True)
class Grantee:
    """A role, or a person with one of the policies for people: `kind` is what it is, `service` whose it is."""

    role: Role
    kind: str
    service: str | None

    @property
    def name(self) -> str:
        return self.role.name

    @cached_property
    def granted(self) -> frozenset[str]:
        """Every action that some statement allows, on whatever, within the boundary."""
        own = frozenset(allowed_actions(*self.role.policies))
        boundary = self.role.permissions_boundary
        return own if boundary is None else own & frozenset(allowed_actions(boundary))

    def may(self, action: str, resource: str, **context: str) -> bool:
        """Whether the policies as they are allow it, with these condition keys."""
        keys = {name.replace("__", ":"): value for name, value in context.items()}
        return self._decide(self.role, action, resource, keys)

    def could(self, action: str, resource: str) -> bool:
        """Whether some request of this action on the resource is allowed."""
        return self._decide(self._at_worst, action, resource, {})

    @cached_property
    def _at_worst(self) -> Role:
        boundary = self.role.permissions_boundary
        return Role(
            name=self.role.name,
            arn=self.role.arn,
            trust_policy=self.role.trust_policy,
            policies=tuple(map(_at_worst, self.role.policies)),
            permissions_boundary=None if boundary is None else _at_worst(boundary),
        )

    def _decide(self, role: Role, action: str, resource: str, keys: Mapping[str, str]) -> bool:
        principal = Principal(
            arn=f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/{role.name}/session", account_id=ACCOUNT_ID, role_arn=role.arn
        )
        tags = {"aws:PrincipalTag/service": self.service} if self.service else {}
        return authorize_identity(
            role, action=action, resource=resource, principal=principal, context={**tags, **keys}
        ).allowed


def grantees(plans: Path, roots: Path) -> list[Grantee]:
    """Every role in the plans of these roots, and a person of each kind, who belongs to the service location."""
    parsed = [
        Plan.parse(file.stem, roots / ("platform" if file.stem == "platform" else "service"), file.read_text())
        for file in sorted(plans.glob("*.json"))
    ]
    computed = AwsComputed(account_id=ACCOUNT_ID, region=REGION, api_url=lambda api: f"http://{api}")
    items = Items([References(plan, computed=computed) for plan in parsed])
    roles = [_grantee(role) for role in iam.roles(items)]
    documents = {
        item.values["name"]: json.loads(item.values["policy"])
        for plan in parsed
        for item in plan.resources
        if item.type == "aws_iam_policy"
    }
    for policy, kind in POLICIES_FOR_PEOPLE.items():
        person = Role(
            name=kind,
            arn=f"arn:aws:iam::{ACCOUNT_ID}:role/{kind.replace(' ', '-')}",
            trust_policy={},
            policies=(documents[policy],),
        )
        roles.append(Grantee(person, kind, "location"))
    return roles


def _grantee(role: Role) -> Grantee:
    if parts := _ROLE.fullmatch(role.name):
        library = parts["owner"] == LIBRARY
        return Grantee(role, f"{'library ' if library else ''}{parts['kind']}", parts["owner"])
    return Grantee(role, role.name.removeprefix("dev-"), None)


def statements(document: Any) -> Iterator[dict[str, Any]]:
    """The statements of a document, with lists in the place of single values."""
    for statement in document["Statement"]:
        yield statement | {
            name: [value] if isinstance(value := statement[name], str) else value
            for name in ("Action", "Resource")
            if name in statement
        }


def allowed_actions(*documents: Any) -> Iterator[str]:
    for document in documents:
        for statement in statements(document):
            if statement["Effect"] == "Allow":
                yield from statement["Action"]


def _at_worst(document: Any) -> Any:
    return document | {"Statement": [kept for one in statements(document) for kept in _kept(one)]}


def _kept(statement: dict[str, Any]) -> Iterator[dict[str, Any]]:
    conditions = statement.get("Condition", {})
    if statement["Effect"] == "Deny":
        if not conditions:
            yield statement
        return
    about_principal = {
        operator: kept
        for operator, keys in conditions.items()
        if (kept := {key: value for key, value in keys.items() if key.startswith("aws:Principal")})
    }
    yield {name: value for name, value in statement.items() if name != "Condition"} | {"Condition": about_principal}


def catalogue() -> Iterator[tuple[str, str]]:
    """Resources as owner and ARN: of each service, the library and the platform, and all of them elsewhere."""
    for owner, resource in _environment("dev"):
        yield owner, resource
    for _, resource in _environment("prod"):
        yield "another environment", resource


def _environment(env: str) -> Iterator[tuple[str, str]]:
    for owner in (*SERVICES, LIBRARY):
        yield from ((owner, resource) for resource in _delivered(f"{env}-{owner}"))
    for service in SERVICES:
        yield from ((service, resource) for resource in _of_service(env, service))
    yield from (("platform", resource) for resource in _of_platform(env))


def _delivered(name: str) -> Iterator[str]:
    yield f"arn:aws:codecommit:{REGION}:{ACCOUNT_ID}:{name}"
    yield f"arn:aws:codepipeline:{REGION}:{ACCOUNT_ID}:{name}"
    yield f"arn:aws:codebuild:{REGION}:{ACCOUNT_ID}:project/{name}"
    yield f"arn:aws:codebuild:{REGION}:{ACCOUNT_ID}:report-group/{name}-tests"
    yield f"arn:aws:events:{REGION}:{ACCOUNT_ID}:rule/{name}-push"
    for kind in ("pipeline", "build", "push"):
        yield f"arn:aws:iam::{ACCOUNT_ID}:role/{name}-{kind}"
    for prefix in ("/aws/codebuild/", f"/{REGION}/codepipeline/"):
        yield f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:{prefix}{name}:*"
    yield f"arn:aws:s3:::{ACCOUNT_ID}-{REGION}-{name.partition('-')[0]}-artifacts/{name[:20]}/build/x.zip"


def _of_service(env: str, service: str) -> Iterator[str]:
    name = f"{env}-{service}"
    yield f"arn:aws:dynamodb:{REGION}:{ACCOUNT_ID}:table/{name}"
    yield f"arn:aws:dynamodb:{REGION}:{ACCOUNT_ID}:table/{name}/index/by-name"
    yield f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{name}"
    yield f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{name}:live"
    for kind in ("function", "release"):
        yield f"arn:aws:iam::{ACCOUNT_ID}:role/{name}-{kind}"
    yield f"arn:aws:ssm:{REGION}:{ACCOUNT_ID}:parameter/{env}/{service}/url"
    yield f"arn:aws:ssm:{REGION}:{ACCOUNT_ID}:parameter/{env}/{service}/secret"
    yield f"arn:aws:cloudwatch:{REGION}:{ACCOUNT_ID}:alarm:{name}-read-throttle"
    yield f"arn:aws:cloudwatch::{ACCOUNT_ID}:dashboard/{name}"
    for prefix in ("/aws/lambda/", "/aws/apigateway/"):
        yield f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:{prefix}{name}:*"
    for suffix in ("tfstate", "tfstate.tflock"):
        yield f"arn:aws:s3:::{ACCOUNT_ID}-{REGION}-{env}-state/services/{service}.{suffix}"


def _of_platform(env: str) -> Iterator[str]:
    for bucket in ("state", "artifacts"):
        yield f"arn:aws:s3:::{ACCOUNT_ID}-{REGION}-{env}-{bucket}"
    for state in ("platform", "bootstrap"):
        yield f"arn:aws:s3:::{ACCOUNT_ID}-{REGION}-{env}-state/{state}.tfstate"
    for role in ("deployer", "load-operator", "api-gateway-logs"):
        yield f"arn:aws:iam::{ACCOUNT_ID}:role/{env}-{role}"
    for policy in ("permissions-boundary", "developer", "operator", "deployer-access"):
        yield f"arn:aws:iam::{ACCOUNT_ID}:policy/{env}-{policy}"
    yield f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:{env}-alarms"
    yield f"arn:aws:events:{REGION}:{ACCOUNT_ID}:rule/{env}-pipeline-failures"
    yield f"arn:aws:codeartifact:{REGION}:{ACCOUNT_ID}:domain/{env}"
    for repository in ("packages", "pypi"):
        yield f"arn:aws:codeartifact:{REGION}:{ACCOUNT_ID}:repository/{env}/{repository}"
    yield f"arn:aws:codeartifact:{REGION}:{ACCOUNT_ID}:package/{env}/packages/pypi//{LIBRARY}"
