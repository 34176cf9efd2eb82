"""One log line and one EMF document per request, as Powertools' Logger and Metrics would write them.

They are written here, not by Powertools, since there they cost a request several times what its router does, and a cold
start a twentieth (docs/adr/0007); tests hold the two against each other. A service may use Powertools' own objects
beside it: nothing is written twice.

Environment variables, read when a `Telemetry` is made (all optional; the names and what they mean are Powertools'):
    POWERTOOLS_SERVICE_NAME: `service` in logs and the one dimension of the metrics; the contract's title by default.
    POWERTOOLS_METRICS_NAMESPACE: Namespace of the metrics; `Services` by default.
    POWERTOOLS_METRICS_DISABLED: `true` for no metrics.
    AWS_LAMBDA_LOG_LEVEL, POWERTOOLS_LOG_LEVEL, LOG_LEVEL: Level of the log, the first that is set; `INFO` by default.
    POWERTOOLS_LOGGER_SAMPLE_RATE: Part of the execution environments that log at DEBUG, 0 to 1.
POWERTOOLS_LOGGER_LOG_EVENT is not read: an event holds tokens.

Metrics, each with the dimension `service`: `Requests`, `ClientErrors`, `ServerErrors`, `Throttled`, `ColdStart`
(0 or 1 per request, so that an average is a rate), `Duration` (milliseconds), and where the table refused a request
`ThrottledByCapacity` or `ThrottledByHotKey`, by what it takes to end it.
"""

import logging
import math
import os
import random
import time
from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import Literal, get_args

from lambda_lib._invocation import Metric, current_invocation
from lambda_lib._log_handler import log_as_json, log_level, write
from lambda_lib._log_line import FIELDS, LogLines
from lambda_lib._metrics_document import MetricsDocuments
from lambda_lib.errors import Throttled
from lambda_lib.outcome import Outcome

__all__ = ["STANDARD_METRICS", "Outcome", "Telemetry", "Unit", "annotate", "count", "measure"]

STANDARD_METRICS = {
    "Requests": "Count",
    "ClientErrors": "Count",
    "ServerErrors": "Count",
    "Throttled": "Count",
    "ColdStart": "Count",
    "Duration": "Milliseconds",
}

# CloudWatch API reference, MetricDatum, Unit.
type Unit = Literal[
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
]

_THROTTLED_BY = {"capacity": "ThrottledByCapacity", "hot_key": "ThrottledByHotKey"}
_TAKEN_NAMES = frozenset({*STANDARD_METRICS, *_THROTTLED_BY.values(), "_aws", "service"})
_UNITS = frozenset(get_args(Unit.__value__))
_MAX_OWN_METRICS = 50  # a document takes 100 (CloudWatch user guide, "Specification: Embedded metric format")
_MAX_NAME = 255
_TRUE = frozenset({"1", "y", "yes", "t", "true", "on"})


class Telemetry:
    """Writes the log line and the metrics of each request to standard output.

    Making one makes the root logger write JSON lines as well, with the ids of the request: what a service logs with
    `logging.getLogger(__name__)` and what its libraries log, from the configured level up. It takes the place of the
    handler that Lambda's runtime has there.

    Args:
        service: Name of the service where POWERTOOLS_SERVICE_NAME is not set.
        metrics: Which of the standard metrics are written, since CloudWatch charges for each; without `Throttled` none
            by cause of throttling either. A service's own metrics are always written.
        clock: Seconds since the epoch.

    Raises:
        ValueError: A metric that is not a standard one; a level or a sampling rate that is none.
    """

    def __init__(
        self,
        service: str,
        *,
        metrics: Collection[str] = STANDARD_METRICS.keys(),
        clock: Callable[[], float] = time.time,
    ) -> None:
        if unknown := sorted(set(metrics) - STANDARD_METRICS.keys()):
            raise ValueError(f"{', '.join(unknown)}: not among the standard metrics {', '.join(STANDARD_METRICS)}")
        environment = os.environ
        service = environment.get("POWERTOOLS_SERVICE_NAME") or service
        sampling_rate = environment.get("POWERTOOLS_LOGGER_SAMPLE_RATE") or None
        self._clock = clock
        self._level = logging.DEBUG if _is_sampled(sampling_rate) else log_level(environment)
        self._lines = LogLines(service=service, sampling_rate=sampling_rate)
        log_as_json(self._lines, level=self._level)
        self._documents = MetricsDocuments(
            service=service,
            namespace=environment.get("POWERTOOLS_METRICS_NAMESPACE") or "Services",
            standard={name: unit for name, unit in STANDARD_METRICS.items() if name in metrics},
        )
        self._measures = environment.get("POWERTOOLS_METRICS_DISABLED", "").lower() not in _TRUE
        self._by_cause = "Throttled" in metrics
        self._cold = starts_cold()

    def record(self, outcome: Outcome) -> None:
        """Log a request and count it, in one write."""
        cold, self._cold = self._cold, False
        throttled = isinstance(outcome.error, Throttled)
        failed = outcome.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        level = (logging.WARNING if throttled else logging.ERROR) if failed else logging.INFO
        now_s = self._clock()
        text = self._lines.request(outcome, level=level, cold=cold, now_s=now_s) if level >= self._level else ""
        if self._measures:
            values = {
                "Requests": 1.0,
                "ClientErrors": 1.0 if outcome.status >= HTTPStatus.BAD_REQUEST and not failed else 0.0,
                "ServerErrors": 1.0 if failed else 0.0,
                "Throttled": 1.0 if throttled else 0.0,
                "ColdStart": 1.0 if cold else 0.0,
                "Duration": float(outcome.duration_ms),
            }
            text += self._documents.text(values, self._further(outcome), now_s=now_s)
        write(text)

    def _further(self, outcome: Outcome) -> list[Metric]:
        if outcome.error is None and outcome.invocation.is_plain:
            return []
        further = list(outcome.invocation.metrics.values())
        if self._by_cause and isinstance(outcome.error, Throttled):
            further += [Metric(_THROTTLED_BY[kind], "Count", [1.0]) for kind in sorted(outcome.error.kinds)]
        return further


def annotate(**fields: object) -> None:
    """Add fields to the log line of the request in progress; outside of one, nothing happens.

    A text that the request carried as a credential or in its body is blanked out of them, as it is everywhere in the
    log: to find a request again, log an id that this service gave.

    Args:
        fields: Values that JSON knows, or that `str` makes a text of; None is left out.

    Raises:
        ValueError: The log line has a field of this name already, of its own.
    """
    if taken := sorted(FIELDS & fields.keys()):
        raise ValueError(f"{', '.join(taken)}: the log line has this of its own")
    current_invocation().fields.update(fields)


def count(name: str, value: float = 1) -> None:
    """Add to a count among the metrics of the request in progress, so that `Sum` is its number.

    It has the one dimension of all, `service`. What would be a dimension elsewhere, a route for example, is a field of
    the log line: each value of a dimension is one more metric to pay for.

    Args:
        name: Name of the metric in CloudWatch.
        value: How many.

    Raises:
        ValueError: Not a name or a number that CloudWatch takes, a standard metric, or too many metrics.
    """
    values = _own_metric(name, "Count", value).values
    values[:] = [sum(values) + float(value)]


def measure(name: str, value: float, unit: Unit) -> None:
    """Add a value to a metric of the request in progress, for percentiles for example.

    Args:
        name: Name of the metric in CloudWatch.
        value: What was measured.
        unit: Its unit; one for all values of a metric.

    Raises:
        ValueError: As for `count`; or the unit is unknown, or another than before.
    """
    _own_metric(name, unit, value).values.append(float(value))


def starts_cold() -> bool:
    """Whether the first request of this process waits for its start.

    With provisioned concurrency it does not: Lambda starts the process ahead (Lambda developer guide, "Using Lambda
    environment variables", AWS_LAMBDA_INITIALIZATION_TYPE).
    """
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") != "provisioned-concurrency"


def _is_sampled(rate: str | None) -> bool:
    try:
        return rate is not None and random.random() <= float(rate)  # noqa: S311  nothing depends on its secrecy
    except ValueError:
        raise ValueError(f"POWERTOOLS_LOGGER_SAMPLE_RATE: {rate!r} is not a number from 0 to 1") from None


def _own_metric(name: str, unit: str, value: float) -> Metric:
    if not 0 < len(name) <= _MAX_NAME or name.strip() != name or name in _TAKEN_NAMES:
        raise ValueError(f"{name!r} is no name for a metric of the service's own")
    if unit not in _UNITS or not math.isfinite(value):
        raise ValueError(f"{name}: {value} {unit} is not a value in CloudWatch")
    metrics = current_invocation().metrics
    metric = metrics.get(name)
    if metric is None:
        if len(metrics) >= _MAX_OWN_METRICS:
            raise ValueError(f"{name}: a request has at most {_MAX_OWN_METRICS} metrics of its own")
        metric = metrics[name] = Metric(name, unit, [])
    if metric.unit != unit:
        raise ValueError(f"{name}: measured in {metric.unit} before, now in {unit}")
    return metric
