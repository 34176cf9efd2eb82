"""The README's example does what it says."""

import json
import re
from pathlib import Path
from typing import Any

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_example_greets() -> None:
    blocks = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    names: dict[str, Any] = {"__name__": "readme"}
    exec(blocks[0] + blocks[-1], names)  # noqa: S102  it is our own text
    assert json.loads(names["reply"]["body"]) == {"text": "GOOD MORNING, ADA"}
    missing = names["send"](names["handler"], "GET /greetings/{name}", path={"name": "bob"})
    assert missing["statusCode"] == 404


def test_the_readme_names_what_a_service_uses() -> None:
    for name in ("Routes", "Handler", "Identity", "Public", "Bearer", "Signed", "Query", "Header", "ServiceClient"):
        assert name in README
    for name in ("Authenticator", "dynamodb_client", "Reply", "RouteError"):
        assert name in README
