"""The events that the builder makes are those that AWS sends."""

import json
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.utilities.parser.models import (
    APIGatewayProxyEventModel,
    APIGatewayProxyEventV2Model,
    LambdaFunctionUrlModel,
)

from lambda_lib.testing import CALLER, KINDS, an_event
from lambda_lib.testing.events import Kind

# Each names the page of AWS's documentation that describes its members (`source`), how to build it (`request`), and it.
DOCUMENTED = sorted((Path(__file__).parent / "events").glob("*.json"))


@pytest.mark.parametrize("file", DOCUMENTED, ids=lambda file: file.stem)
def test_an_event_has_every_member_that_is_documented(file: Path) -> None:
    documented = json.loads(file.read_text(encoding="utf-8"))

    assert an_event(**documented["request"]) == documented["event"]


def test_every_kind_of_event_is_among_the_documented() -> None:
    assert {json.loads(file.read_text(encoding="utf-8"))["request"]["kind"] for file in DOCUMENTED} == set(KINDS)


@pytest.mark.parametrize("caller", [None, CALLER], ids=["anonymous", "signed"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_event_is_one_that_the_models_of_powertools_accept(kind: Kind, caller: str | None) -> None:
    models = {"http": APIGatewayProxyEventV2Model, "function-url": LambdaFunctionUrlModel}

    models.get(kind, APIGatewayProxyEventModel).model_validate(
        an_event("POST", "/a?x=1", kind=kind, body={}, caller=caller)
    )


@pytest.mark.parametrize(
    ("kind", "path"), [("rest", "/a%2Fb"), ("http", "/a/b"), ("http-1.0", "/a/b"), ("function-url", "/a%2Fb")]
)
def test_an_encoded_path_is_decoded_by_http_apis_only(kind: Kind, path: str) -> None:
    event = an_event(target="/a%2Fb", kind=kind)

    assert event.get("rawPath", event.get("path")) == path


@pytest.mark.parametrize(("kind", "value"), [("rest", "a%2Fb"), ("http", "a/b"), ("http-1.0", "a/b")])
def test_a_path_parameter_is_decoded_by_http_apis_only(kind: Kind, value: str) -> None:
    assert an_event(target="/things/a%2Fb", resource="/things/{id}", kind=kind)["pathParameters"] == {"id": value}


def test_a_greedy_parameter_takes_the_rest_of_the_path() -> None:
    assert an_event(target="/files/a/b.txt", resource="/files/{path+}")["pathParameters"] == {"path": "a/b.txt"}


@pytest.mark.parametrize("kind", ["rest", "rest-proxy"])
def test_behind_the_greedy_route_the_path_is_its_parameter_but_for_the_root(kind: Kind) -> None:
    assert an_event(target="/things/a", kind=kind)["pathParameters"] == {"proxy": "things/a"}
    assert an_event(target="/", kind=kind)["pathParameters"] is None


def test_a_target_that_does_not_fit_the_resource_is_refused() -> None:
    with pytest.raises(ValueError, match=r"/other does not fit /things/\{id\}"):
        an_event(target="/other", resource="/things/{id}")


def test_path_parameters_may_be_given_apart_from_the_target() -> None:
    event = an_event(target="/things/a", resource="/things/{id}", path_parameters={"id": "b"})

    assert (event["path"], event["pathParameters"]) == ("/things/a", {"id": "b"})


@pytest.mark.parametrize(
    ("kind", "stage", "path"),
    [("rest", None, "/a"), ("http", None, "/a"), ("http", "live", "/live/a"), ("http-1.0", "live", "/live/a")],
)
def test_the_stage_is_part_of_the_path_of_an_http_api_unless_it_is_the_default(
    kind: Kind, stage: str | None, path: str
) -> None:
    event = an_event(target="/a", kind=kind, stage=stage)

    assert event.get("rawPath", event.get("path")) == path


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_are_sent_in_base64_and_text_as_it_is(kind: Kind) -> None:
    binary, text = an_event("PUT", kind=kind, body=b"\xff\x00"), an_event("PUT", kind=kind, body="{")

    assert (binary["body"], binary["isBase64Encoded"]) == ("/wA=", True)
    assert (text["body"], text["isBase64Encoded"]) == ("{", False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("body", "media_type"), [({"a": 1}, "application/json"), ("{}", None), (b"{}", None), (None, None)]
)
def test_only_a_json_document_brings_its_content_type(kind: Kind, body: Any, media_type: str | None) -> None:
    headers = {name.lower(): value for name, value in an_event("PUT", kind=kind, body=body)["headers"].items()}

    assert headers.get("content-type") == media_type


@pytest.mark.parametrize("kind", KINDS)
def test_a_given_header_replaces_the_one_that_would_be_added_whatever_its_case(kind: Kind) -> None:
    event = an_event("PUT", kind=kind, headers={"content-type": "text/plain", "HOST": "example.org"}, body={})

    headers = [(name.lower(), value) for name, value in event["headers"].items()]
    assert [value for name, value in headers if name == "content-type"] == ["text/plain"]
    assert [value for name, value in headers if name == "host"] == ["example.org"]


@pytest.mark.parametrize("kind", ["http", "function-url"])
def test_cookies_are_apart_from_the_headers_however_they_were_sent(kind: Kind) -> None:
    event = an_event(kind=kind, headers={"Cookie": ["a=1; b=2", "c=3"]})

    assert event["cookies"] == ["a=1", "b=2", "c=3"]
    assert "cookie" not in event["headers"]


@pytest.mark.parametrize(
    ("arn", "account", "principal"),
    [
        (CALLER, "123456789012", "AROAEXAMPLEID:dev-caller"),
        ("arn:aws:iam::210987654321:user/ops", "210987654321", "AIDAEXAMPLEID"),
    ],
)
def test_the_caller_is_told_with_its_account_and_id(arn: str, account: str, principal: str) -> None:
    identity = an_event(caller=arn)["requestContext"]["identity"]
    iam = an_event(kind="http", caller=arn)["requestContext"]["authorizer"]["iam"]

    assert (identity["userArn"], identity["accountId"], identity["user"]) == (arn, account, principal)
    assert (iam["userArn"], iam["accountId"], iam["userId"]) == (arn, account, principal)
