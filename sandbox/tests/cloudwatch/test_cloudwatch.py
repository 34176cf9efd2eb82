"""The APIs as boto3 sees them: only the network between the client and the sandbox is left out."""

import asyncio
import io
import json
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from sandbox.access.signature import Request
from sandbox.aws.cloudwatch import operations
from sandbox.aws.wire import ApiError, error_response, read_call, result_response
from sandbox.declaration import LogGroup
from sandbox.monitoring.alarms import AlarmEvaluator
from sandbox.monitoring.alarms.evaluator import LAG_S
from sandbox.monitoring.logs import Logs
from sandbox.monitoring.metrics import Metrics

NOW = 1_763_964_300.0  # a multiple of 60
ALARM = "dev-location-read-throttle"
GROUP = "/aws/lambda/dev-location"


class RawBody(io.BytesIO):
    def stream(self, **_):
        yield self.read()


class Sandbox:
    """Metrics, alarms and logs behind boto3 clients."""

    def __init__(self, alarms, composites=()):
        self.metrics = Metrics()
        self.logs = Logs(metrics=self.metrics, account_id="123456789012", region="us-east-1")
        self.transitions = []
        self.alarms = AlarmEvaluator(
            alarms, composites=composites, metrics=self.metrics, on_change=self._remember, created_at=NOW
        )
        self._operations = operations(metrics=self.metrics, alarms=self.alarms, logs=self.logs, clock=lambda: NOW)

    async def _remember(self, transition):
        self.transitions.append(transition)

    def answer(self, request, signing_name):
        try:
            call = read_call(request, signing_name)
            operation = self._operations[call.service, call.operation]
            return result_response(call, asyncio.run(operation(call.parameters)))
        except ApiError as error:
            return error_response(error, request, signing_name)

    def client(self, service):
        client = boto3.client(
            service, region_name="us-east-1", aws_access_key_id="nobody", aws_secret_access_key="nothing"
        )

        def send(request, **_):
            url = urlsplit(request.url)
            headers = {
                name.lower(): value.decode() if isinstance(value, bytes) else value
                for name, value in request.headers.items()
            }
            body = request.body.encode() if isinstance(request.body, str) else bytes(request.body)
            asked = Request(request.method, url.path, url.query, headers, body)
            answered = self.answer(asked, {"cloudwatch": "monitoring"}.get(service, service))
            return AWSResponse(request.url, answered.status, answered.headers, RawBody(answered.body))

        client.meta.events.register("before-send", send)
        return client


@pytest.fixture
def sandbox(an_alarm):
    math = an_alarm(expression="FILL(throttles, 0)", name="dev-location-math")
    return Sandbox([an_alarm(), math])


@pytest.fixture
def cloudwatch(sandbox):
    return sandbox.client("cloudwatch")


@pytest.fixture
def logs(sandbox):
    return sandbox.client("logs")


def at(seconds):
    return datetime.fromtimestamp(NOW + seconds, UTC)


def a_query(**changes):
    metric = {"Namespace": "Services", "MetricName": "Found", "Dimensions": [{"Name": "service", "Value": "location"}]}
    return {"Id": "found", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}} | changes


def put_found(cloudwatch, seconds, **datum):
    dimensions = [{"Name": "service", "Value": "location"}]
    data = {"MetricName": "Found", "Dimensions": dimensions, "Timestamp": at(seconds), "Unit": "Count"} | datum
    cloudwatch.put_metric_data(Namespace="Services", MetricData=[data])


def test_published_data_is_read_as_statistics(cloudwatch):
    put_found(cloudwatch, -120, Value=2.0)
    put_found(cloudwatch, -100, Values=[1.0, 5.0], Counts=[2.0, 1.0])
    put_found(cloudwatch, -60, StatisticValues={"SampleCount": 2, "Sum": 8, "Minimum": 3, "Maximum": 5})

    answer = cloudwatch.get_metric_statistics(
        Namespace="Services",
        MetricName="Found",
        Dimensions=[{"Name": "service", "Value": "location"}],
        StartTime=at(-600),
        EndTime=at(0),
        Period=60,
        Statistics=["Sum", "SampleCount", "Maximum"],
        ExtendedStatistics=["p100"],
    )

    assert answer["Label"] == "Found"
    assert [point["Timestamp"] for point in answer["Datapoints"]] == [at(-120), at(-60)]
    assert [(point["Sum"], point["SampleCount"], point["Maximum"]) for point in answer["Datapoints"]] == [
        (9.0, 4.0, 5.0),
        (8.0, 2.0, 5.0),
    ]
    assert {point["Unit"] for point in answer["Datapoints"]} == {"Count"}
    assert "p100" in answer["Datapoints"][0]["ExtendedStatistics"]


def test_metric_data_is_a_series_newest_first_without_points_for_missing_periods(cloudwatch):
    put_found(cloudwatch, -300, Value=1.0)
    put_found(cloudwatch, -60, Value=2.0)

    (result,) = cloudwatch.get_metric_data(MetricDataQueries=[a_query()], StartTime=at(-600), EndTime=at(0))[
        "MetricDataResults"
    ]

    assert (result["Id"], result["Label"], result["StatusCode"]) == ("found", "Found", "Complete")
    assert (result["Timestamps"], result["Values"]) == ([at(-60), at(-300)], [2.0, 1.0])


def test_metric_data_evaluates_expressions_over_other_queries(cloudwatch):
    put_found(cloudwatch, -60, Value=2.0)
    queries = [a_query(ReturnData=False), {"Id": "e", "Expression": "FILL(found, 0) * 10", "Label": "tenfold"}]

    (result,) = cloudwatch.get_metric_data(
        MetricDataQueries=queries, StartTime=at(-180), EndTime=at(0), ScanBy="TimestampAscending"
    )["MetricDataResults"]

    assert (result["Label"], result["Values"]) == ("tenfold", [0.0, 0.0, 20.0])


def test_an_expression_that_is_not_evaluated_is_refused(cloudwatch):
    queries = [a_query(), {"Id": "e", "Expression": "RATE(found)"}]

    with pytest.raises(ClientError, match=r"ValidationError.*RATE"):
        cloudwatch.get_metric_data(MetricDataQueries=queries, StartTime=at(-180), EndTime=at(0))


def test_metrics_are_listed_by_namespace_name_and_dimension(sandbox, cloudwatch):
    put_found(cloudwatch, 0, Value=1.0)
    sandbox.metrics.record("AWS/Lambda", "Errors", {"FunctionName": "dev-location"}, 1.0, "Count", NOW)

    def listed(**filters):
        return [metric["MetricName"] for metric in cloudwatch.list_metrics(**filters)["Metrics"]]

    assert listed() == ["Found", "Errors"]
    assert listed(Namespace="AWS/Lambda") == ["Errors"]
    assert listed(MetricName="Found", Dimensions=[{"Name": "service"}]) == ["Found"]
    assert listed(Dimensions=[{"Name": "service", "Value": "profile"}]) == []


def test_nobody_publishes_into_the_namespaces_of_aws(cloudwatch):
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        cloudwatch.put_metric_data(Namespace="AWS/Lambda", MetricData=[{"MetricName": "Errors", "Value": 1}])


def test_an_alarm_is_described_with_its_state(sandbox, cloudwatch):
    sandbox.metrics.record("Services", "ReadThrottleEvents", {"TableName": "dev-location"}, 3, "Count", NOW - 30)
    sandbox.alarms.evaluate(int(NOW))

    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[ALARM])["MetricAlarms"]

    assert (alarm["StateValue"], alarm["StateTransitionedTimestamp"]) == ("ALARM", at(LAG_S))
    assert alarm["StateReason"].startswith("Threshold Crossed: 1 out of the last 1 datapoint [3.0")
    assert json.loads(alarm["StateReasonData"])["recentDatapoints"] == [3.0]
    assert (alarm["MetricName"], alarm["Statistic"], alarm["Period"]) == ("ReadThrottleEvents", "Sum", 60)
    assert alarm["Dimensions"] == [{"Name": "TableName", "Value": "dev-location"}]
    assert (alarm["TreatMissingData"], alarm["ActionsEnabled"]) == ("notBreaching", True)


def test_an_alarm_on_an_expression_is_described_by_its_queries(cloudwatch):
    (alarm,) = cloudwatch.describe_alarms(AlarmNamePrefix="dev-location-math")["MetricAlarms"]

    assert [query.get("Expression") for query in alarm["Metrics"]] == [None, "FILL(throttles, 0)"]
    assert alarm["Metrics"][0]["MetricStat"]["Stat"] == "Sum"
    assert "MetricName" not in alarm


def test_a_composite_alarm_is_described_where_its_type_is_asked_for(an_alarm, a_composite):
    sandbox = Sandbox([an_alarm()], [a_composite(f'ALARM("{ALARM}")')])
    cloudwatch, types = sandbox.client("cloudwatch"), ["MetricAlarm", "CompositeAlarm"]
    cloudwatch.set_alarm_state(AlarmName=ALARM, StateValue="ALARM", StateReason="a drill")
    (alarm,) = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"], StateValue="ALARM")["CompositeAlarms"]

    assert (alarm["AlarmName"], alarm["AlarmRule"]) == ("dev-location-unhealthy", f'ALARM("{ALARM}")')
    assert f":alarm:{ALARM} transitioned to ALARM at " in alarm["StateReason"]
    assert "Threshold" not in alarm
    assert cloudwatch.describe_alarms()["CompositeAlarms"] == []
    assert cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["MetricAlarms"] == []
    named = cloudwatch.describe_alarms(AlarmNames=["dev-location-unhealthy"], AlarmTypes=types)
    assert [len(named[kind]) for kind in ("MetricAlarms", "CompositeAlarms")] == [0, 1]


def test_the_history_of_a_composite_alarm_is_read_where_its_type_is_asked_for(an_alarm, a_composite):
    sandbox = Sandbox([an_alarm()], [a_composite(f'ALARM("{ALARM}")')])
    cloudwatch = sandbox.client("cloudwatch")
    asked = ({"AlarmTypes": ["CompositeAlarm"]}, {"AlarmName": "dev-location-unhealthy"}, {})

    found = [cloudwatch.describe_alarm_history(**one)["AlarmHistoryItems"] for one in asked]

    assert [{item["AlarmType"] for item in items} for items in found] == [{"CompositeAlarm"}, set(), {"MetricAlarm"}]


def test_alarms_are_found_by_state_and_by_metric(sandbox, cloudwatch):
    sandbox.alarms.evaluate(int(NOW))
    found = cloudwatch.describe_alarms_for_metric(
        Namespace="Services",
        MetricName="ReadThrottleEvents",
        Dimensions=[{"Name": "TableName", "Value": "dev-location"}],
    )

    assert cloudwatch.describe_alarms(StateValue="ALARM")["MetricAlarms"] == []
    assert len(cloudwatch.describe_alarms(StateValue="OK")["MetricAlarms"]) == 2
    assert [alarm["AlarmName"] for alarm in found["MetricAlarms"]] == [ALARM]


def test_the_history_is_newest_first_and_can_be_filtered(sandbox, cloudwatch):
    sandbox.alarms.evaluate(int(NOW))

    summaries = [
        item["HistorySummary"] for item in cloudwatch.describe_alarm_history(AlarmName=ALARM)["AlarmHistoryItems"]
    ]
    (update,) = cloudwatch.describe_alarm_history(
        AlarmName=ALARM, HistoryItemType="StateUpdate", StartDate=at(-60), EndDate=at(60)
    )["AlarmHistoryItems"]

    assert summaries == ["Alarm updated from INSUFFICIENT_DATA to OK", f'Alarm "{ALARM}" created']
    assert json.loads(update["HistoryData"])["newState"]["stateValue"] == "OK"
    assert update["Timestamp"] == at(LAG_S)


def test_setting_a_state_acts_on_the_transition(sandbox, cloudwatch):
    cloudwatch.set_alarm_state(AlarmName=ALARM, StateValue="ALARM", StateReason="a drill")

    (transition,) = sandbox.transitions

    assert (transition.new, transition.reason, len(transition.actions)) == ("ALARM", "a drill", 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"AlarmName": "unknown"}, "ResourceNotFound"), ({"StateReasonData": "not JSON"}, "InvalidFormat")],
)
def test_a_state_that_cannot_be_set_is_refused(cloudwatch, changes, code):
    with pytest.raises(ClientError, match=code):
        cloudwatch.set_alarm_state(**({"AlarmName": ALARM, "StateValue": "OK", "StateReason": "a drill"} | changes))


def test_actions_are_switched_off_and_on(cloudwatch):
    def enabled():
        return cloudwatch.describe_alarms(AlarmNames=[ALARM])["MetricAlarms"][0]["ActionsEnabled"]

    cloudwatch.disable_alarm_actions(AlarmNames=[ALARM])
    off = enabled()
    cloudwatch.enable_alarm_actions(AlarmNames=[ALARM])

    assert (off, enabled()) == (False, True)


def test_alarms_come_from_terraform_only(cloudwatch):
    with pytest.raises(ClientError, match="the alarms that Terraform declares"):
        cloudwatch.delete_alarms(AlarmNames=[ALARM])


def test_the_query_protocol_of_older_clients_is_answered(sandbox):
    body = urlencode({"Action": "DescribeAlarms", "Version": "2010-08-01", "AlarmNames.member.1": ALARM}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8", "host": "127.0.0.1"}

    response = sandbox.answer(Request("POST", "/", "", headers, body), "monitoring")

    assert response.status == 200
    assert f"<AlarmName>{ALARM}</AlarmName>".encode() in response.body
    assert b"<StateValue>INSUFFICIENT_DATA</StateValue>" in response.body


def test_a_parameter_that_is_missing_is_named(sandbox):
    headers = {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": "GraniteServiceVersion20100801.SetAlarmState",
    }

    response = sandbox.answer(Request("POST", "/", "", headers, b'{"AlarmName": "x"}'), "monitoring")

    assert response.status == 400
    assert b"StateReason" in response.body


def test_declared_log_groups_and_their_streams_are_described(sandbox, logs):
    sandbox.logs.declare([LogGroup(GROUP, "arn", 30)], NOW)
    sandbox.logs.write(GROUP, "one", "hello", NOW + 1)
    sandbox.logs.write(GROUP, "two", "hello", NOW + 2)

    (group,) = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]
    streams = logs.describe_log_streams(logGroupName=GROUP, orderBy="LastEventTime", descending=True)["logStreams"]

    assert (group["logGroupName"], group["retentionInDays"]) == (GROUP, 30)
    assert [stream["logStreamName"] for stream in streams] == ["two", "one"]
    assert streams[0]["lastEventTimestamp"] == (NOW + 2) * 1000


def test_events_are_filtered_by_time_stream_and_words(sandbox, logs):
    for second, (stream, message) in enumerate([("a1", "ERROR one"), ("b1", "ERROR two"), ("a1", "INFO three")]):
        sandbox.logs.write(GROUP, stream, message, NOW + second)

    def found(**filters):
        return [event["message"] for event in logs.filter_log_events(logGroupName=GROUP, **filters)["events"]]

    start = int(NOW * 1000)
    assert found() == ["ERROR one", "ERROR two", "INFO three"]
    assert found(startTime=start + 1000, endTime=start + 2000) == ["ERROR two"]
    assert found(logStreamNames=["a1"]) == ["ERROR one", "INFO three"]
    assert found(logStreamNamePrefix="b") == ["ERROR two"]
    assert found(filterPattern="ERROR -two") == ["ERROR one"]
    assert found(filterPattern='?"INFO three" ?one') == ["ERROR one", "INFO three"]


def test_a_pattern_over_fields_is_refused(sandbox, logs):
    sandbox.logs.write(GROUP, "s", "{}", NOW)

    with pytest.raises(ClientError, match="InvalidParameterException"):
        logs.filter_log_events(logGroupName=GROUP, filterPattern='{ $.level = "ERROR" }')


def test_filtered_events_are_read_page_by_page_in_the_order_of_time(sandbox, logs):
    for second in (3, 1, 2, 2):
        sandbox.logs.write(GROUP, "s", str(second), NOW + second)

    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=GROUP, PaginationConfig={"PageSize": 1, "MaxItems": 10}
    )

    assert [event["message"] for page in pages for event in page["events"]] == ["1", "2", "2", "3"]


def test_a_stream_is_followed_with_its_token(sandbox, logs):
    def read(**position):
        return logs.get_log_events(logGroupName=GROUP, logStreamName="s", **position)

    for number in range(3):
        sandbox.logs.write(GROUP, "s", str(number), NOW)
        sandbox.logs.write(GROUP, "other", "x", NOW)
    newest = read(limit=2)
    at_the_end = read(nextToken=newest["nextForwardToken"])
    sandbox.logs.write(GROUP, "s", "3", NOW)
    followed = read(nextToken=at_the_end["nextForwardToken"])
    before = read(nextToken=newest["nextBackwardToken"])

    assert [event["message"] for event in newest["events"]] == ["1", "2"]
    assert (at_the_end["events"], at_the_end["nextForwardToken"]) == ([], newest["nextForwardToken"])
    assert [event["message"] for event in followed["events"]] == ["3"]
    assert [event["message"] for event in before["events"]] == ["0"]
    assert [event["message"] for event in read(startFromHead=True, limit=1)["events"]] == ["0"]


def test_events_that_are_put_are_read_again(logs):
    logs.create_log_group(logGroupName="group")
    logs.create_log_stream(logGroupName="group", logStreamName="s")
    logs.put_log_events(
        logGroupName="group", logStreamName="s", logEvents=[{"timestamp": int(NOW * 1000) + 7, "message": "hello"}]
    )

    (event,) = logs.get_log_events(logGroupName="group", logStreamName="s")["events"]

    assert (event["message"], event["timestamp"]) == ("hello", int(NOW * 1000) + 7)


def test_what_is_there_already_and_what_is_not_there_are_refused(logs):
    logs.create_log_group(logGroupName="group")

    with pytest.raises(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName="group")
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.get_log_events(logGroupName="group", logStreamName="s")
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.filter_log_events(logGroupName="nowhere")


@pytest.mark.parametrize("token", ["x", "1/2/3", "f/", "f/x", "-1/2"])
def test_a_token_that_no_answer_gave_is_refused(sandbox, logs, token):
    sandbox.logs.write(GROUP, "stream", "message", NOW)
    with pytest.raises(ClientError, match="InvalidParameterException"):
        logs.filter_log_events(logGroupName=GROUP, nextToken=token)
    with pytest.raises(ClientError, match="InvalidParameterException"):
        logs.get_log_events(logGroupName=GROUP, logStreamName="stream", nextToken=token)


@pytest.mark.parametrize(
    "datum", [{"Values": [1.0, 2.0], "Counts": [1.0]}, {"Value": float("inf")}, {"Value": float("nan")}]
)
def test_data_that_cannot_be_counted_is_refused(cloudwatch, datum):
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        put_found(cloudwatch, 0, **datum)
