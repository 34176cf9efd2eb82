"""The two ways in the migration note answer alike."""

import json
import re
import warnings
from pathlib import Path
from typing import Any

import pytest

from lambda_lib.testing import Context, an_event

NOTE = (Path(__file__).parent.parent / "docs/migration-from-powertools.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"```python (before|after)\n(.*?)```", NOTE, flags=re.DOTALL))
REQUESTS: list[tuple[str, str, Any]] = [
    ("GET", "/orders/7", None),
    ("PUT", "/orders/7", {"product": "tea", "quantity": 2}),
    ("GET", "/orders/7", None),
    ("GET", "/orders/7?doubled=true", None),
    ("PUT", "/orders/7", {"product": "tea", "quantity": "many", "more": 1}),
    ("PUT", "/orders/7", {}),
    ("GET", "/orders/7?doubled=perhaps", None),
    ("GET", "/nothing", None),
]


def answers(block: str) -> list[tuple[int, Any]]:
    names: dict[str, Any] = {"__name__": "orders"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Powertools' own, of what its resolver imports
        exec(BLOCKS[block], names)  # noqa: S102  it is our own text
        found = []
        for method, target, body in REQUESTS:
            resource = "/orders/{order_id}" if target.startswith("/orders") else None
            parameters = {"order_id": "7"} if resource else None
            event = an_event(method, target, resource=resource, path_parameters=parameters, body=body)
            reply = names["handler"](event, LambdaContext())
            document = json.loads(reply["body"])
            # Refusals differ in form, as the note says: of those, only that they are refusals is compared.
            found.append((reply["statusCode"], document) if reply["statusCode"] < 400 else (400, None))
        return found


class LambdaContext(Context):
    """Powertools reads more of the context than lambda_lib does."""

    function_name = "orders"
    memory_limit_in_mb = 128
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:orders"


def test_before_and_after_answer_alike(capsys: pytest.CaptureFixture[str]) -> None:
    before, after = answers("before"), answers("after")
    assert before == after
    assert [status for status, _ in after] == [400, 201, 200, 200, 400, 400, 400, 400]
    assert "OrdersPlaced" in capsys.readouterr().out
