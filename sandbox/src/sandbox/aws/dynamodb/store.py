"""The tables in moto, for code that is on moto's thread."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from sandbox.aws.dynamodb.capacity import Item
from sandbox.aws.moto_backend import Moto


class Store:
    """DynamoDB without capacity: moto's."""

    def __init__(self, *, moto: Moto, account_id: str, region: str) -> None:
        self._moto = moto
        self._region = region
        self._backend = dynamodb_backends[account_id][region]

    def call(self, operation: str, parameters: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Does an operation; the HTTP status and the document that moto answers.

        Raises:
            ApiError: moto does not implement the operation, or fails at it.
        """
        headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": f"DynamoDB_20120810.{operation}"}
        response = self._moto.call("dynamodb", self._region, headers, json.dumps(parameters))
        document: dict[str, Any] = json.loads(response.body)
        return response.status, document

    def item(self, table: str, key: Item) -> Item | None:
        """An item of an existing table, whole; None where there is none. Much faster than `GetItem`."""
        found = self._backend.get_item(table, {name: _decoded(value) for name, value in key.items()})
        if found is None:
            return None
        attributes: Item = _encoded(found.to_json()["Attributes"])
        return attributes


def _decoded(value: Mapping[str, str]) -> dict[str, str | bytes]:
    return {kind: b64decode(content) if kind == "B" else content for kind, content in value.items()}


def _encoded(value: Any) -> Any:
    """An attribute value with its blobs in base64, as the API has them; moto keeps them as bytes."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, dict):
        return {name: _encoded(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_encoded(member) for member in value]
    return value
