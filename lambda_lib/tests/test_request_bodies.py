"""What a route takes as a body: JSON, text, bytes; and what it refuses."""

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, StringConstraints

from lambda_lib import Handler, Header, Public, Query, Routes
from lambda_lib.parameters import Body
from lambda_lib.testing import Context, an_event

MERGE = "application/merge-patch+json"


@dataclass(frozen=True)
class Resources:
    pass


class Thing(BaseModel):
    name: Annotated[str, StringConstraints(max_length=10)]
    size: int = 0


def declare_routes() -> Routes[Resources]:
    routes = Routes(title="things", version="1.0.0", resources=Resources, max_body_bytes=100)

    @routes.put("/things/{number}", access=Public())
    def put_thing(
        number: int,
        thing: Thing,
        *,
        limit: Annotated[int, Query(), Field(ge=1)] = 1,
        if_match: Annotated[str, Header(), StringConstraints(min_length=3)] = "***",
    ) -> str:
        return f"{number} {thing.name} {limit} {if_match}"

    @routes.patch("/things", access=Public())
    def patch_thing(thing: Annotated[Thing, Body(MERGE, "application/json")]) -> str:
        return thing.name

    @routes.post("/lists", access=Public())
    def post_list(things: Annotated[list[Thing], Body()]) -> list[str]:
        return [thing.name for thing in things]

    @routes.post("/optional", access=Public())
    def post_optional(thing: Annotated[Thing | None, Body()] = None) -> str:
        return thing.name if thing else "none"

    @routes.post("/texts", access=Public())
    def post_text(text: Annotated[str, Body("text/plain", "text/csv"), StringConstraints(max_length=5)]) -> str:
        return text

    @routes.post("/images", access=Public())
    def post_image(image: Annotated[bytes, Body("image/png")]) -> list[int]:
        return list(image)

    @routes.post("/webhooks", access=Public(), max_body_bytes=200)
    def post_webhook(document: Annotated[bytes, Body("application/json")]) -> int:
        return len(document)

    @routes.post("/words", access=Public())
    def post_word(word: Annotated[str, Body()]) -> str:
        return word

    @routes.post("/nothing", access=Public())
    def post_nothing() -> str:
        return "nothing"

    return routes


@pytest.fixture
def handler() -> Handler[Resources]:
    return Handler(declare_routes(), resources=Resources())


def post(handler: Handler[Resources], target: str, body: Any, media_type: str | None = "application/json") -> Any:
    headers = {} if media_type is None else {"Content-Type": media_type}
    reply = handler(an_event("POST", target, headers=headers, body=body), Context())
    return reply["statusCode"], json.loads(reply["body"])


def code_of(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["code"]


def test_everything_that_is_invalid_is_told_at_once(handler: Handler[Resources]) -> None:
    event = an_event("PUT", "/things/x?limit=0", headers={"If-Match": "a"}, body={"name": "much too long"})
    document = json.loads(handler(event, Context())["body"])
    assert (document["status"], document["code"]) == (400, "invalid_request")
    assert {error["location"] for error in document["errors"]} == {
        "path.number",
        "query.limit",
        "header.If-Match",
        "body.name",
    }


def test_a_body_that_is_not_json_hides_no_other_error(handler: Handler[Resources]) -> None:
    event = an_event("PUT", "/things/x", headers={"Content-Type": "application/json"}, body="{")
    document = json.loads(handler(event, Context())["body"])
    assert (document["code"], document["detail"]) == ("malformed_body", "The body is not a JSON document.")
    assert [error["location"] for error in document["errors"]] == ["path.number"]


def test_arguments_are_passed_by_name_where_the_function_asks_for_it(handler: Handler[Resources]) -> None:
    event = an_event("PUT", "/things/7?limit=3", headers={"If-Match": '"1"'}, body={"name": "A"})
    assert json.loads(handler(event, Context())["body"]) == '7 A 3 "1"'


def test_many_errors_are_told_up_to_a_hundred(handler: Handler[Resources]) -> None:
    status, document = post(handler, "/lists", json.dumps([1] * 33), "application/json")
    assert (status, len(document["errors"])) == (400, 33)
    routes = Routes(title="things", version="1.0.0", resources=Resources)
    routes.post("/lists", access=Public())(declare_routes().by_template["/lists"]["POST"].function)
    _, document = post(Handler(routes, resources=Resources()), "/lists", json.dumps([1] * 1000))
    assert len(document["errors"]) == 100


def test_a_location_is_not_as_long_as_the_caller_likes() -> None:
    routes = Routes(title="things", version="1.0.0", resources=Resources)

    @routes.post("/scores", access=Public())
    def post_scores(scores: Annotated[dict[str, int], Body()]) -> int:
        return len(scores)

    _, document = post(Handler(routes, resources=Resources()), "/scores", json.dumps({"a" * 10_000: "x"}))
    assert len(document["errors"][0]["location"]) == 200


@pytest.mark.parametrize("media_type", [MERGE, "application/json", f"{MERGE}; charset=utf-8", MERGE.upper(), None])
def test_json_may_go_by_another_name(handler: Handler[Resources], media_type: str | None) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    event = an_event("PATCH", "/things", headers=headers, body='{"name": "A"}')
    assert handler(event, Context())["statusCode"] == 200


def test_a_list_is_read_from_json(handler: Handler[Resources]) -> None:
    assert post(handler, "/lists", [{"name": "A"}, {"name": "B"}]) == (200, ["A", "B"])


@pytest.mark.parametrize(("body", "name"), [(None, "none"), ("", "none"), ('{"name": "A"}', "A"), ("null", "none")])
@pytest.mark.parametrize("media_type", ["application/json", None])
def test_a_body_may_be_left_out_where_it_has_a_default(
    handler: Handler[Resources], body: str | None, name: str, media_type: str | None
) -> None:
    assert post(handler, "/optional", body, media_type) == (200, name)


@pytest.mark.parametrize("body", ["é", "é".encode()])
@pytest.mark.parametrize("media_type", ["text/plain", "Text/Plain; charset=utf-8", "text/csv"])
def test_a_text_is_read_from_utf_8(handler: Handler[Resources], body: str | bytes, media_type: str) -> None:
    assert post(handler, "/texts", body, media_type) == (200, "é")


def test_a_text_is_validated(handler: Handler[Resources]) -> None:
    status, document = post(handler, "/texts", "too long", "text/plain")
    assert (status, [error["location"] for error in document["errors"]]) == (400, ["body"])


def test_a_text_that_is_not_utf_8_is_refused(handler: Handler[Resources]) -> None:
    assert code_of(post(handler, "/texts", b"\xe9", "text/plain")) == (400, "malformed_body")


def test_bytes_are_the_body_as_it_was_sent(handler: Handler[Resources]) -> None:
    assert post(handler, "/images", b"\x00\xff", "image/png") == (200, [0, 255])
    assert post(handler, "/webhooks", b' {"a": 1}') == (200, 9)
    assert post(handler, "/webhooks", "é") == (200, 2)


def test_a_text_in_json_is_a_text(handler: Handler[Resources]) -> None:
    assert post(handler, "/words", '"word"') == (200, "word")


@pytest.mark.parametrize("target", ["/texts", "/images", "/webhooks"])
@pytest.mark.parametrize("body", [None, ""])
def test_a_required_body_may_not_be_left_out(handler: Handler[Resources], target: str, body: str | None) -> None:
    media_type = {"/texts": "text/plain", "/images": "image/png", "/webhooks": "application/json"}[target]
    status, document = post(handler, target, body, media_type)
    assert (status, document["errors"]) == (400, [{"location": "body", "message": "Field required"}])


@pytest.mark.parametrize(
    ("target", "media_type", "detail"),
    [
        ("/images", "image/gif", "The body has to be image/png."),
        ("/images", None, "The body has to be image/png."),
        ("/images", "application/json", "The body has to be image/png."),
        ("/texts", "text/html", "The body has to be text/plain or text/csv."),
        ("/lists", "text/plain", "The body has to be application/json."),
    ],
)
def test_another_media_type_is_refused(
    handler: Handler[Resources], target: str, media_type: str | None, detail: str
) -> None:
    status, document = post(handler, target, "x", media_type)
    assert (status, document["code"], document["detail"]) == (415, "unsupported_media_type", detail)


def sized(size: int) -> str:
    return json.dumps([{"name": "A", "x": ""}]).replace('""', f'"{"x" * (size - 24)}"')


@pytest.mark.parametrize(
    "body",
    [
        sized(100),
        b" " * 97 + b"[ ]",
        '[{"name":"' + "é" * 10 + '"}]' + " " * 67,
        "[" + " " * 98 + "]",
    ],
)
def test_a_body_as_large_as_allowed_is_taken(handler: Handler[Resources], body: str | bytes) -> None:
    assert len(body if isinstance(body, bytes) else body.encode()) == 100
    assert post(handler, "/lists", body)[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        "[" + " " * 99 + "]",
        b"[" + b" " * 99 + b"]",
        '[{"name":"' + "é" * 10 + '"}]' + " " * 68,
        "x" * 101,
        b64encode(b"x").decode() * 1000,
    ],
)
def test_a_larger_body_is_refused(handler: Handler[Resources], body: str | bytes) -> None:
    answer = post(handler, "/lists", body)
    assert code_of(answer) == (413, "request_too_large")
    assert answer[1]["detail"] == "The body may have 100 bytes at most."


def test_a_route_may_take_larger_bodies(handler: Handler[Resources]) -> None:
    assert post(handler, "/webhooks", "x" * 200) == (200, 200)
    assert code_of(post(handler, "/webhooks", "x" * 201)) == (413, "request_too_large")


def test_a_body_that_nobody_reads_may_be_anything(handler: Handler[Resources]) -> None:
    assert post(handler, "/nothing", "x" * 1000, "image/gif") == (200, "nothing")


@pytest.mark.parametrize(
    ("target", "media_type"),
    [("/lists", "application/json"), ("/texts", "text/plain"), ("/words", "application/json")],
)
def test_half_a_character_is_no_text(handler: Handler[Resources], target: str, media_type: str) -> None:
    assert post(handler, target, "\ud800", media_type)[0] == 400


@pytest.mark.parametrize("body", ['[{"name": "A", "size": NaN}]', '[{"name": "A", "size": 1e400}]'])
def test_what_is_no_number_of_json_is_refused(handler: Handler[Resources], body: str) -> None:
    assert post(handler, "/lists", body)[0] == 400


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]


def test_a_tag_that_is_none_is_not_sent_back() -> None:
    routes = Routes(title="pets", version="1.0.0", resources=Resources)

    @routes.post("/pets", access=Public())
    def post_pet(pet: Annotated[Cat | Dog, Body(), Field(discriminator="kind")]) -> str:
        return pet.kind

    _status, document = post(Handler(routes, resources=Resources()), "/pets", {"kind": "correct-horse"})
    (error,) = document["errors"]
    assert error["message"] == "Input tag does not match any of the expected tags: 'cat', 'dog'"
