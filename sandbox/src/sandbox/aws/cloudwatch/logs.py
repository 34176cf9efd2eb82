"""The reading and writing operations of CloudWatch Logs over the sandbox's log groups."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.aws.cloudwatch.operation import Operation, Parameters
from sandbox.aws.cloudwatch.patterns import pattern
from sandbox.aws.wire import ApiError
from sandbox.monitoring.logs import Event, Group, Logs

MAX_EVENTS = 10_000
"""The most events of one answer, and the default, by the references of GetLogEvents and FilterLogEvents."""

FOREVER_MS = 2**63

_FILTER_TOKEN = re.compile(r"(\d+(?:\.\d+)?)/(\d+)")
_GET_TOKEN = re.compile(r"([fb])/(-?\d+)")


class LogOperations:
    """The operations on logs. `clock` gives seconds since the epoch."""

    def __init__(self, *, logs: Logs, clock: Callable[[], float]) -> None:
        self._logs = logs
        self._clock = clock

    def operations(self) -> Mapping[str, Operation]:
        """The operations by name."""
        return {
            "CreateLogGroup": self._create_log_group,
            "CreateLogStream": self._create_log_stream,
            "DescribeLogGroups": self._describe_log_groups,
            "DescribeLogStreams": self._describe_log_streams,
            "FilterLogEvents": self._filter_log_events,
            "GetLogEvents": self._get_log_events,
            "PutLogEvents": self._put_log_events,
        }

    async def _create_log_group(self, parameters: Parameters) -> Parameters:
        name = parameters["logGroupName"]
        if name in self._logs.groups:
            raise ApiError("ResourceAlreadyExistsException", "The specified log group already exists")
        self._logs.group(name, self._clock())
        return {}

    async def _create_log_stream(self, parameters: Parameters) -> Parameters:
        group = self._group(parameters)
        if parameters["logStreamName"] in group.streams:
            raise ApiError("ResourceAlreadyExistsException", "The specified log stream already exists")
        group.stream(parameters["logStreamName"], self._clock())
        return {}

    async def _put_log_events(self, parameters: Parameters) -> Parameters:
        group = self._group(parameters)
        self._require_stream(group, parameters["logStreamName"])
        for event in parameters["logEvents"]:
            self._logs.write(group.name, parameters["logStreamName"], event["message"], event["timestamp"] / 1000)
        return {}

    async def _describe_log_groups(self, parameters: Parameters) -> Parameters:
        groups = [
            group
            for name, group in sorted(self._logs.groups.items())
            if name.startswith(parameters.get("logGroupNamePrefix", ""))
            and parameters.get("logGroupNamePattern", "") in name
        ]
        return {
            "logGroups": [
                {
                    "logGroupName": group.name,
                    "arn": f"{group.arn}:*",
                    "logGroupArn": group.arn,
                    "creationTime": _ms(group.created_at),
                    "retentionInDays": group.retention_days,
                    "storedBytes": group.stored_bytes,
                    "metricFilterCount": 0,
                    "logGroupClass": "STANDARD",
                }
                for group in groups
            ]
        }

    async def _describe_log_streams(self, parameters: Parameters) -> Parameters:
        group = self._group(parameters)
        streams = [
            stream
            for stream in group.streams.values()
            if stream.name.startswith(parameters.get("logStreamNamePrefix", ""))
        ]
        if parameters.get("orderBy") == "LastEventTime":
            streams.sort(key=lambda stream: stream.last_at or 0.0, reverse=parameters.get("descending", False))
        else:
            streams.sort(key=lambda stream: stream.name, reverse=parameters.get("descending", False))
        return {
            "logStreams": [
                {
                    "logStreamName": stream.name,
                    "arn": f"{group.arn}:log-stream:{stream.name}",
                    "creationTime": _ms(stream.created_at),
                    "firstEventTimestamp": None if stream.first_at is None else _ms(stream.first_at),
                    "lastEventTimestamp": None if stream.last_at is None else _ms(stream.last_at),
                    "lastIngestionTime": None if stream.last_at is None else _ms(stream.last_at),
                    "storedBytes": 0,
                }
                for stream in streams[: parameters.get("limit", 50)]
            ]
        }

    async def _filter_log_events(self, parameters: Parameters) -> Parameters:
        matches = pattern(parameters.get("filterPattern", ""))
        names = parameters.get("logStreamNames")
        prefix = parameters.get("logStreamNamePrefix", "")
        events = [
            event
            for event in _between(self._group(parameters), parameters)
            if (names is None or event.stream in names) and event.stream.startswith(prefix) and matches(event.message)
        ]
        events.sort(key=_order)
        if "nextToken" in parameters:
            time, number = _read_token(_FILTER_TOKEN, parameters["nextToken"])
            events = [event for event in events if _order(event) > (float(time), int(number))]
        limit = parameters.get("limit", MAX_EVENTS)
        answer: dict[str, Any] = {
            "events": [
                _event(event) | {"logStreamName": event.stream, "eventId": f"{event.id:056}"}
                for event in events[:limit]
            ],
            "searchedLogStreams": [],
        }
        if len(events) > limit:
            at, id_ = _order(events[limit - 1])
            answer["nextToken"] = f"{at!r}/{id_}"
        return answer

    async def _get_log_events(self, parameters: Parameters) -> Parameters:
        group = self._group(parameters)
        stream = parameters["logStreamName"]
        self._require_stream(group, stream)
        events = [event for event in _between(group, parameters) if event.stream == stream]
        limit = parameters.get("limit", MAX_EVENTS)
        token = parameters.get("nextToken")
        direction, position = ("", "") if token is None else _read_token(_GET_TOKEN, token)
        if direction == "f":
            shown = [event for event in events if event.id > int(position)][:limit]
        elif direction == "b":
            shown = [event for event in events if event.id < int(position)][-limit:]
        else:
            shown = events[:limit] if parameters.get("startFromHead") else events[-limit:]
        # At the end of the stream, the token that was passed in is returned again.
        first, last = (shown[0].id, shown[-1].id) if shown else (position or "0", position or "-1")
        return {
            "events": [_event(event) for event in shown],
            "nextForwardToken": f"f/{last}",
            "nextBackwardToken": f"b/{first}",
        }

    def _group(self, parameters: Parameters) -> Group:
        name = parameters.get("logGroupName") or parameters.get("logGroupIdentifier", "").split(":log-group:")[-1]
        group = self._logs.groups.get(name.removesuffix(":*"))
        if group is None:
            raise ApiError("ResourceNotFoundException", "The specified log group does not exist.")
        return group

    def _require_stream(self, group: Group, name: str) -> None:
        if name not in group.streams:
            raise ApiError("ResourceNotFoundException", "The specified log stream does not exist.")


def _read_token(form: re.Pattern[str], token: str) -> tuple[str, str]:
    """The parts of a `nextToken` that an earlier answer gave."""
    parts = form.fullmatch(token)
    if parts is None:
        raise ApiError("InvalidParameterException", "The specified nextToken is invalid.")
    return parts[1], parts[2]


def _between(group: Group, parameters: Parameters) -> list[Event]:
    # The times of log events are milliseconds here, since the reader compares them with those that it was given.
    start, end = parameters.get("startTime", 0), parameters.get("endTime", FOREVER_MS)
    return [event for event in group.events if start <= _ms(event.at) < end]


def _order(event: Event) -> tuple[float, int]:
    return event.at, event.id


def _event(event: Event) -> dict[str, Any]:
    return {"timestamp": _ms(event.at), "ingestionTime": _ms(event.at), "message": event.message}


def _ms(at: float) -> int:
    return round(at * 1000)
