"""The README's example does what it says."""

import json
import re
from pathlib import Path
from typing import Any

from lambda_lib import Handler
from lambda_lib.testing import send

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_example_greets() -> None:
    blocks = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    names: dict[str, Any] = {"__name__": "readme"}
    exec(blocks[0] + blocks[-1], names)  # noqa: S102  it is our own text
    assert json.loads(names["reply"]["body"]) == {"text": "GOOD MORNING, ADA"}
    missing = names["send"](names["handler"], "GET /greetings/{name}", path={"name": "bob"})
    assert missing["statusCode"] == 404


def test_the_example_of_replies_answers() -> None:
    (block,) = (block for block in re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL) if "class Note" in block)
    names: dict[str, Any] = {"__name__": "readme"}
    exec(block, names)  # noqa: S102  it is our own text
    resources = names["Resources"]({"a": names["Note"](text="hello")}, {})
    handler = Handler(names["routes"], resources=resources)
    first = send(handler, "GET /notes/{name}", path={"name": "a"}, headers={"Accept": "text/plain"})
    assert (first["body"], first["multiValueHeaders"]) == ("hello", {"Set-Cookie": ["seen=1; Secure"]})
    again = send(handler, "GET /notes/{name}", path={"name": "a"}, headers={"If-None-Match": first["headers"]["ETag"]})
    assert again["statusCode"] == 304
    png = {"Content-Type": "image/png"}
    put = send(handler, "PUT /notes/{name}/picture", path={"name": "a"}, headers=png, body=b"\x89")
    assert put["statusCode"] == 204
    picture = send(handler, "GET /notes/{name}/picture", path={"name": "a"})
    assert (picture["body"], picture["isBase64Encoded"]) == ("iQ==", True)


def test_the_readme_names_what_a_service_uses() -> None:
    for name in ("Routes", "Handler", "Identity", "Public", "Bearer", "Signed", "Query", "Header", "ServiceClient"):
        assert name in README
    for name in ("Authenticator", "dynamodb_client", "Reply", "RouteError"):
        assert name in README
