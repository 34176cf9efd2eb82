"""What a set of plans declares, as the running parts of the sandbox need it.

`sandbox.planning.planned` makes these from the plans, with every unknown value resolved; the gateway, the functions,
the AWS endpoint and the alarms are built from them. Policies are JSON policy documents as plain dictionaries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Document = Mapping[str, Any]
"""A JSON document: a policy, an OpenAPI body."""


@dataclass(frozen=True, slots=True)
class Role:
    """An IAM role with its trust policy and every policy that is inline or attached."""

    name: str
    arn: str
    trust_policy: Document
    policies: tuple[Document, ...]
    permissions_boundary: Document | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index; its capacities are units per second."""

    name: str
    hash_key: str
    range_key: str | None
    projection_type: Literal["ALL", "KEYS_ONLY", "INCLUDE"]
    non_key_attributes: tuple[str, ...]
    read_capacity: int
    write_capacity: int


@dataclass(frozen=True, slots=True)
class Table:
    """A DynamoDB table in provisioned mode; its capacities are units per second.

    `autoscaled` says that on AWS they would follow the consumption.
    """

    name: str
    arn: str
    hash_key: str
    range_key: str | None
    attribute_types: Mapping[str, str]
    read_capacity: int
    write_capacity: int
    indexes: tuple[Index, ...] = ()
    ttl_attribute: str | None = None
    autoscaled: bool = False


@dataclass(frozen=True, slots=True)
class InvokePermission:
    """A statement of a function's resource policy (`aws_lambda_permission`)."""

    action: str
    principal: str
    qualifier: str | None
    source_arn: str | None


@dataclass(frozen=True, slots=True)
class Function:
    """A Lambda function as first applied: version 1 is `code`, and each alias points to it until a release.

    `json_log_level` is the level from which its lines are kept where Lambda logs JSON; None where it logs text.
    """

    name: str
    arn: str
    role_arn: str
    handler: str
    runtime: str
    code: Path
    timeout_s: int
    memory_mb: int
    environment: Mapping[str, str]
    reserved_concurrency: int | None
    log_group: str
    aliases: tuple[str, ...]
    permissions: tuple[InvokePermission, ...]
    json_log_level: str | None = None


@dataclass(frozen=True, slots=True)
class Throttle:
    """The throttle of a stage's methods: a token bucket of `burst_limit` requests, refilled at `rate_per_s`."""

    rate_per_s: float
    burst_limit: int


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a REST API. `method_throttles` is keyed as AWS does it: `*/*` or `resource~1path/METHOD`."""

    name: str
    variables: Mapping[str, str]
    method_throttles: Mapping[str, Throttle]
    access_log_group: str | None = None
    access_log_format: str | None = None


@dataclass(frozen=True, slots=True)
class RestApi:
    """A REST API: `body` is OpenAPI 3.0 with API Gateway's extensions, `policy` its resource policy.

    `service` is the name of the service whose root declared it.
    """

    id: str
    name: str
    service: str
    body: Document
    policy: Document | None
    stages: tuple[Stage, ...]
    binary_media_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the SSM Parameter Store."""

    name: str
    arn: str
    type: str
    value: str


@dataclass(frozen=True, slots=True)
class LogGroup:
    """A log group; `retention_days` is None where events never expire."""

    name: str
    arn: str
    retention_days: int | None


@dataclass(frozen=True, slots=True)
class Topic:
    """An SNS topic."""

    name: str
    arn: str


@dataclass(frozen=True, slots=True)
class Metric:
    """The identity of a CloudWatch metric. `dimensions` is sorted by name, so that equal metrics compare equal."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class MetricQuery:
    """One query of an alarm: either `metric` with its `statistic`, or a math `expression` over other ids."""

    id: str
    metric: Metric | None
    statistic: str | None
    expression: str | None
    return_data: bool


@dataclass(frozen=True, slots=True)
class Alarm:
    """A metric alarm. An alarm on one plain metric is an alarm with one query, `m`."""

    name: str
    arn: str
    description: str
    queries: tuple[MetricQuery, ...]
    period_s: int
    comparison: str
    threshold: float
    evaluation_periods: int
    datapoints_to_alarm: int
    treat_missing_data: Literal["missing", "ignore", "breaching", "notBreaching"]
    alarm_actions: tuple[str, ...]
    ok_actions: tuple[str, ...]
    insufficient_data_actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompositeAlarm:
    """An alarm on the states of other alarms. `rule` is its rule expression, such as `ALARM("a") OR ALARM("b")`."""

    name: str
    arn: str
    description: str
    rule: str
    alarm_actions: tuple[str, ...]
    ok_actions: tuple[str, ...]
    insufficient_data_actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckedResource:
    """A planned resource that the sandbox shows but does not run, with the reason."""

    address: str
    type: str
    reason: str


@dataclass(frozen=True, slots=True)
class Service:
    """What the root of one service declares: names of functions and log groups, ids of REST APIs."""

    name: str
    functions: tuple[str, ...]
    apis: tuple[str, ...]
    log_groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declaration:
    """Everything that the plans of one environment declare."""

    account_id: str
    region: str
    environment: str
    roles: tuple[Role, ...]
    tables: tuple[Table, ...]
    functions: tuple[Function, ...]
    apis: tuple[RestApi, ...]
    parameters: tuple[Parameter, ...]
    log_groups: tuple[LogGroup, ...]
    topics: tuple[Topic, ...]
    alarms: tuple[Alarm, ...]
    checked: tuple[CheckedResource, ...]
    services: tuple[Service, ...] = ()
    composite_alarms: tuple[CompositeAlarm, ...] = ()
