import asyncio
import json

import pytest
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from sandbox.aws.moto_backend import Moto
from sandbox.monitoring.alarms import State, Transition
from sandbox.monitoring.notifications import Notifications, alarm_message

ACCOUNT = "123456789012"
REGION = "us-east-1"


@pytest.fixture
def moto():
    moto = Moto(account_id=ACCOUNT)
    yield moto
    moto.close()


def a_transition(alarm, **changes):
    values = {"old": State.OK, "new": State.ALARM, "reason": "Threshold Crossed", "reason_data": "{}"}
    return Transition(alarm=alarm, **(values | {"at": 1.5, "actions": ()} | changes))


def make_topic_with_queue():
    topic = sns_backends[ACCOUNT][REGION].create_topic("dev-alarms")
    queue = sqs_backends[ACCOUNT][REGION].create_queue("inbox")
    sns_backends[ACCOUNT][REGION].subscribe(topic.arn, queue.queue_arn, "sqs")
    return topic.arn


def received():
    queue = sqs_backends[ACCOUNT][REGION].get_queue("inbox")
    return [json.loads(message.body) for message in queue.messages]


def test_a_transition_reaches_the_subscribers_of_its_topics(moto, an_alarm):
    async def publish():
        topic_arn = await moto.run(make_topic_with_queue)
        notifications = Notifications(moto=moto, account_id=ACCOUNT, region=REGION)
        await notifications.on_change(a_transition(an_alarm(), actions=(topic_arn,)))
        return await moto.run(received)

    (envelope,) = asyncio.run(publish())
    message = json.loads(envelope["Message"])

    assert envelope["Subject"] == 'ALARM: "dev-location-read-throttle" in US East (N. Virginia)'
    assert (message["OldStateValue"], message["NewStateValue"]) == ("OK", "ALARM")


def test_a_topic_that_is_not_there_is_told_in_the_log(moto, an_alarm, caplog):
    notifications = Notifications(moto=moto, account_id=ACCOUNT, region=REGION)
    topic_arn = f"arn:aws:sns:{REGION}:{ACCOUNT}:nowhere"

    asyncio.run(notifications.on_change(a_transition(an_alarm(), actions=(topic_arn,))))

    (warning,) = caplog.messages
    assert f"could not notify {topic_arn}: NotFound: Topic does not exist" in warning


def test_the_message_has_the_members_of_aws(an_alarm):
    message = alarm_message(a_transition(an_alarm()), ACCOUNT, "US East (N. Virginia)")

    assert message["AlarmName"] == "dev-location-read-throttle"
    assert message["StateChangeTime"] == "1970-01-01T00:00:01.500+0000"
    assert message["Trigger"] == {
        "MetricName": "ReadThrottleEvents",
        "Namespace": "Services",
        "StatisticType": "Statistic",
        "Statistic": "SUM",
        "Unit": None,
        "Dimensions": [{"value": "dev-location", "name": "TableName"}],
        "Period": 60,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1.0,
        "TreatMissingData": "notBreaching",
        "EvaluateLowSampleCountPercentile": "",
    }


def test_the_message_of_an_alarm_on_an_expression_has_its_queries(an_alarm):
    alarm = an_alarm(expression="FILL(throttles, 0)")

    trigger = alarm_message(a_transition(alarm), ACCOUNT, "US East (N. Virginia)")["Trigger"]

    assert [query["Id"] for query in trigger["Metrics"]] == ["throttles", "e"]
    assert trigger["Metrics"][0]["MetricStat"]["Metric"]["MetricName"] == "ReadThrottleEvents"
    assert trigger["Metrics"][1]["Expression"] == "FILL(throttles, 0)"
    assert "MetricName" not in trigger


def test_the_message_of_a_composite_alarm_has_its_rule_and_the_alarm_that_set_it_off(a_composite):
    child = {"arn": "arn:child", "state": {"value": "ALARM", "timestamp": "1970-01-01T00:00:01.000+0000"}}
    transition = a_transition(a_composite('ALARM("child")'), reason_data=json.dumps({"triggeringAlarms": [child]}))
    message = alarm_message(transition, ACCOUNT, "US East (N. Virginia)")

    assert message["AlarmRule"] == 'ALARM("child")'
    assert message["TriggeringChildren"] == [
        {"Arn": "arn:child", "State": {"Value": "ALARM", "Timestamp": "1970-01-01T00:00:01.000+0000"}}
    ]
    assert "Trigger" not in message
