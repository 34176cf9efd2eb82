"""The contract that API Gateway runs is the one that the routes declare."""

from pathlib import Path

from authentication_service.handler import routes
from lambda_lib.contract import contract_text


def test_the_contract_is_current() -> None:
    contract = Path(__file__).parents[1] / "openapi.json"

    assert contract.read_text(encoding="utf-8") == contract_text(routes)
