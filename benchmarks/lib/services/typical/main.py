"""The typical service: Powertools' Logger, Metrics and validating resolver, a model and boto3's DynamoDB client."""

import os
from typing import Annotated, Any

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, Field, StringConstraints

logger = Logger()
metrics = Metrics()
app = APIGatewayRestResolver(enable_validation=True)
dynamodb = boto3.client("dynamodb")
table_name = os.environ["TABLE_NAME"]


class Profile(BaseModel):
    """What a user tells of themselves."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    email: Annotated[str, StringConstraints(pattern=r"^[^@]+@[^@]+$")]
    age: Annotated[int, Field(ge=0, le=150)]
    height_m: Annotated[float, Field(gt=0)]
    newsletter: bool
    interests: list[str]


@app.put("/profiles/<user_id>")
def put_profile(user_id: str, profile: Profile) -> Profile:
    """Set a user's profile."""
    item = {"user_id": {"S": user_id}, "profile": {"S": profile.model_dump_json()}}
    dynamodb.put_item(TableName=table_name, Item=item)
    return profile


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_REST)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one event."""
    reply = app.resolve(event, context)
    logger.info("request", extra={"status": reply["statusCode"]})
    metrics.add_metric(name="Requests", unit=MetricUnit.Count, value=1)
    return reply
