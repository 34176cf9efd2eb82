from datetime import UTC, datetime
from typing import Literal

import boto3
import pytest

from load.alarms import alarm_state, watched_tables
from load.errors import PreconditionError
from load.metrics import consumed_read_units, first_throttles
from load.table import read_bucket, read_capacity

NOW = datetime.now(UTC).timestamp() // 60 * 60 + 30
"""Half a minute into the minute that now is, since CloudWatch takes no old data."""


def make_table(read_capacity_units: int | None) -> None:
    """None: in on-demand mode."""
    boto3.client("dynamodb").create_table(
        TableName="dev-location",
        KeySchema=[{"AttributeName": "user_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "user_id", "AttributeType": "S"}],
        **(
            {"BillingMode": "PAY_PER_REQUEST"}
            if read_capacity_units is None
            else {"ProvisionedThroughput": {"ReadCapacityUnits": read_capacity_units, "WriteCapacityUnits": 1}}
        ),
    )


def put_metric(table: str, name: str, minutes_ago: int, value: float) -> None:
    boto3.client("cloudwatch").put_metric_data(
        Namespace="AWS/DynamoDB",
        MetricData=[
            {
                "MetricName": name,
                "Dimensions": [{"Name": "TableName", "Value": table}],
                "Timestamp": datetime.fromtimestamp(NOW - 1 - 60 * minutes_ago, UTC),
                "Value": value,
            }
        ],
    )


def put_alarm(name: str, table: str, namespace: str = "AWS/DynamoDB") -> None:
    boto3.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace=namespace,
        MetricName="ReadThrottleEvents",
        Dimensions=[{"Name": "TableName", "Value": table}],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )


@pytest.mark.usefixtures("aws")
def test_the_capacity_of_a_table_is_its_provisioned_read_units() -> None:
    make_table(7)
    assert read_capacity(boto3.client("dynamodb"), "dev-location") == 7


@pytest.mark.usefixtures("aws")
def test_a_table_in_on_demand_mode_has_no_capacity_to_exceed() -> None:
    make_table(None)
    with pytest.raises(PreconditionError, match="on-demand"):
        read_capacity(boto3.client("dynamodb"), "dev-location")


@pytest.mark.usefixtures("aws")
def test_a_table_that_does_not_exist_is_named() -> None:
    with pytest.raises(PreconditionError, match="there is no table dev-location"):
        read_capacity(boto3.client("dynamodb"), "dev-location")


@pytest.mark.usefixtures("aws")
def test_the_consumption_is_that_of_the_last_five_minutes_with_zero_where_there_is_no_data() -> None:
    for minutes_ago, value in ((0, 5), (1, 10), (1, 1), (4, 40), (5, 500)):
        put_metric("dev-location", "ConsumedReadCapacityUnits", minutes_ago, value)
    put_metric("dev-profile", "ConsumedReadCapacityUnits", 0, 99)
    assert consumed_read_units(boto3.client("cloudwatch"), "dev-location", now=NOW) == [
        (60, 40),
        (60, 0),
        (60, 0),
        (60, 11),
        (30, 5),
    ]


@pytest.mark.usefixtures("aws")
def test_the_bucket_is_estimated_from_capacity_and_consumption() -> None:
    make_table(2)
    put_metric("dev-location", "ConsumedReadCapacityUnits", 0, 320)
    bucket = read_bucket(boto3.Session(), "dev-location", now=NOW)
    assert bucket.level_units == 600 + 30 * 2 - 320


@pytest.mark.usefixtures("aws")
def test_the_first_minute_in_which_a_table_throttled_reads_or_writes_is_found() -> None:
    put_metric("dev-profile", "WriteThrottleEvents", 1, 3)
    put_metric("dev-profile", "ReadThrottleEvents", 2, 1)
    put_metric("dev-profile", "ReadThrottleEvents", 4, 1)
    put_metric("dev-authentication", "ReadThrottleEvents", 1, 0)
    tables = ["dev-authentication", "dev-profile"]
    seen = first_throttles(boto3.client("cloudwatch"), tables, start=NOW - 180, now=NOW)
    assert seen == {"dev-profile": NOW - 30 - 120}


@pytest.mark.usefixtures("aws")
def test_the_state_of_an_alarm_is_read_by_its_name() -> None:
    put_alarm("dev-location-read-throttle", "dev-location")
    cloudwatch = boto3.client("cloudwatch")
    states: list[Literal["OK", "ALARM", "INSUFFICIENT_DATA"]] = ["OK", "ALARM", "INSUFFICIENT_DATA"]
    for state in states:
        cloudwatch.set_alarm_state(AlarmName="dev-location-read-throttle", StateValue=state, StateReason="test")
        assert alarm_state(cloudwatch, "dev-location-read-throttle") == state


@pytest.mark.usefixtures("aws")
def test_an_alarm_that_does_not_exist_is_named() -> None:
    with pytest.raises(PreconditionError, match="there is no alarm dev-location-read-throttle"):
        alarm_state(boto3.client("cloudwatch"), "dev-location-read-throttle")


@pytest.mark.usefixtures("aws")
def test_the_tables_of_an_environment_are_those_that_its_alarms_look_at() -> None:
    put_alarm("dev-location-read-throttle", "dev-location")
    put_alarm("dev-location-other", "dev-queue", namespace="AWS/Other")
    put_alarm("dev-shared", "shared")
    put_alarm("test-location-read-throttle", "test-location")
    boto3.client("cloudwatch").put_metric_alarm(
        AlarmName="dev-profile-read-throttle",
        Metrics=[
            {
                "Id": "throttles",
                "ReturnData": False,
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/DynamoDB",
                        "MetricName": "ReadThrottleEvents",
                        "Dimensions": [{"Name": "TableName", "Value": "dev-profile"}],
                    },
                    "Period": 60,
                    "Stat": "Sum",
                },
            },
            {"Id": "filled", "Expression": "FILL(throttles, 0)", "Label": "throttles"},
        ],
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    assert watched_tables(boto3.client("cloudwatch"), "dev") == {"dev-location", "dev-profile"}
