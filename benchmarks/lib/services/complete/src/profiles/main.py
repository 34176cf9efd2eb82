"""The complete service: lambda_lib with its log and all its metrics, a model and a DynamoDB client."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field, StringConstraints

from lambda_lib import Handler, Public, Routes, Settings, dynamodb_client

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Profile(BaseModel):
    """What a user tells of themselves."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    email: Annotated[str, StringConstraints(pattern=r"^[^@]+@[^@]+$")]
    age: Annotated[int, Field(ge=0, le=150)]
    height_m: Annotated[float, Field(gt=0)]
    newsletter: bool
    interests: list[str]


@dataclass(frozen=True, slots=True)
class Resources:
    """What the route works with."""

    dynamodb: "DynamoDBClient"
    table_name: str


routes = Routes(title="profiles", version="1.0.0", resources=Resources)


@routes.put("/profiles/{user_id}", access=Public())
def put_profile(user_id: str, profile: Profile, resources: Resources) -> Profile:
    """Set a user's profile."""
    item = {"user_id": {"S": user_id}, "profile": {"S": profile.model_dump_json()}}
    resources.dynamodb.put_item(TableName=resources.table_name, Item=item)
    return profile


def _compose(settings: Settings) -> Handler[Resources]:
    return Handler(routes, resources=Resources(dynamodb_client(region=settings.region), settings.table_name))


handler = _compose(Settings.read(os.environ))
