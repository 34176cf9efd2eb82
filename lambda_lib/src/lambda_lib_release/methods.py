"""What callers meet at each method of an API: as a contract declares it, and as it is compared with what is there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

type Document = Mapping[str, Any]
type Route = tuple[str, str]
"""Path and HTTP method, for example `("/locations/{user_id}", "GET")`."""

NONE = "NONE"
IAM = "AWS_IAM"
BODY, PARAMETERS = "body", "parameters"
_VERBS = {"get", "put", "post", "patch", "delete", "head", "options"}
_ANY = "x-amazon-apigateway-any-method"


@dataclass(frozen=True, slots=True)
class Method:
    """One method of an API.

    Attributes:
        authorization: `NONE`, `AWS_IAM`, or an authorizer's type.
        validated: What API Gateway validates of a request: the body, the parameters.
        uri: What it invokes.
    """

    authorization: str
    validated: frozenset[str]
    uri: str | None


type Methods = Mapping[Route, Method]


class ContractRefused(Exception):  # noqa: N818  named after what happened
    """The contract cannot be released; the message says why, a line for each reason."""


def declared(document: Document) -> dict[Route, Method]:
    """The methods of a contract.

    Raises:
        ContractRefused: It is no contract, or names a validator that it does not have.
    """
    if not isinstance(document.get("paths"), Mapping):
        raise ContractRefused("it has no paths, so it is no contract")
    return dict(_methods(document))


def _methods(document: Document) -> Iterator[tuple[Route, Method]]:
    for path, operations in document["paths"].items():
        for name, operation in operations.items():
            if name in _VERBS or name == _ANY:
                verb = "ANY" if name == _ANY else name.upper()
                uri = operation.get("x-amazon-apigateway-integration", {}).get("uri")
                yield (
                    (path, verb),
                    Method(_authorization(document, operation), _validated(document, operation, f"{verb} {path}"), uri),
                )


def _authorization(document: Document, operation: Document) -> str:
    told = operation.get("x-amazon-apigateway-auth", {}).get("type")
    if told:
        return str(told)
    schemes = document.get("components", {}).get("securitySchemes", {})
    named = {name for requirement in operation.get("security", document.get("security", [])) for name in requirement}
    signed = any(schemes.get(name, {}).get("x-amazon-apigateway-authtype") == "awsSigv4" for name in named)
    return IAM if signed else NONE


def _validated(document: Document, operation: Document, place: str) -> frozenset[str]:
    key = "x-amazon-apigateway-request-validator"
    name = operation.get(key, document.get(key))
    if name is None:
        return frozenset()
    validator = document.get(f"{key}s", {}).get(name)
    if validator is None:
        raise ContractRefused(f"{place}: its validator {name} is not declared")
    return what_is_validated(validator)


def what_is_validated(validator: Document) -> frozenset[str]:
    """What a request validator validates, in the words of a contract or of the API."""
    words = {BODY: "validateRequestBody", PARAMETERS: "validateRequestParameters"}
    return frozenset(part for part, word in words.items() if validator.get(word))


def weakened(before: Methods, after: Methods) -> list[str]:
    """Where callers would be let in, or requests let through, that are refused now: a line for each."""
    found = []
    for route, old in before.items():
        new = after.get(route)
        if new is None:
            continue
        if old.authorization not in {NONE, new.authorization}:
            found.append(f"{spelt(route)}: authorization would be {new.authorization}, and is {old.authorization}")
        if lost := old.validated - new.validated:
            found.append(f"{spelt(route)}: its {' and '.join(sorted(lost))} would no longer be validated")
    return found


def differences(expected: Methods, actual: Methods) -> list[str]:
    """Where an API is not as it was to be: a line for each method that is missing or another."""
    found = []
    for route, method in expected.items():
        there = actual.get(route)
        if there is None:
            found.append(f"{spelt(route)} is missing")
        elif there != method:
            found.append(f"{spelt(route)} is {_told(there)}, and was to be {_told(method)}")
    return found


def renamed_variables(before: Methods, after: Methods) -> list[str]:
    """Where a variable of a path has another name: API Gateway has one variable per place, so both cannot be there."""
    names = {place: name for path, _ in before for place, name in _variables(path)}
    return sorted(
        {
            f"{path}: {name} is {names[place]} in the API, which has one name for a place; keep it"
            for path, _ in after
            for place, name in _variables(path)
            if names.get(place, name) != name
        }
    )


def _variables(path: str) -> Iterator[tuple[str, str]]:
    """Each variable of a path by what is before it, where the names of variables do not matter."""
    before = ""
    for part in path.split("/"):
        if part.startswith("{"):
            yield before, part
            part = "{}"  # noqa: PLW2901
        before = f"{before}/{part}"


def spelt(route: Route) -> str:
    """A route as people write it."""
    path, verb = route
    return f"{verb} {path}"


def _told(method: Method) -> str:
    validated = " and ".join(sorted(method.validated)) or "nothing"
    return f"{method.authorization}, validates {validated}, invokes {method.uri}"
