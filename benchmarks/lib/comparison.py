"""Whether all contestants do the same work: the same replies, log fields and metrics for the same requests."""

import json
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from benchmarks.lib.contest import Answer, Contestant, Worker
from benchmarks.lib.events import ACCEPTED, REFUSED

_REFUSALS = range(HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR)
_TIMES = {"timestamp": "a time", "duration_ms": "a duration"}


class DifferenceError(Exception):
    """A contestant does other work than the first one; the message says where."""


def compare(contestants: Mapping[Contestant, Worker]) -> int:
    """Let every contestant answer every request.

    Accepted requests have to give the same status, content type and body, the same log line but for times, and the
    same EMF document but for its timestamp. A refusal may be told in words of its own: it has to be a 4xx that is in
    the log, with the same metric.

    Returns:
        The number of requests that were compared.

    Raises:
        DifferenceError: A contestant does something else than the first.
    """
    reference: list[Any] = []
    for contestant, worker in contestants.items():
        answers = worker.answer([*ACCEPTED.values(), *REFUSED.values()])
        cold = True
        for index, (name, answer) in enumerate(zip([*ACCEPTED, *REFUSED], answers, strict=True)):
            try:
                seen = _accepted(answer, cold=cold) if name in ACCEPTED else _refused(answer)
            except (AssertionError, KeyError, ValueError) as error:
                raise DifferenceError(f"{contestant.name}, {name}: {error!r} in {answer}") from error
            cold = False
            if len(reference) == index:
                reference.append(seen)
            elif not _same(seen, reference[index], more=contestant.writes_more):
                raise DifferenceError(f"{contestant.name}, {name}:\n  {seen}\n  and not\n  {reference[index]}")
    return len(ACCEPTED) + len(REFUSED)


def _accepted(answer: Answer, *, cold: bool) -> tuple[Any, ...]:
    log, metrics = _written(answer)
    if log["cold_start"] is not cold:
        raise ValueError("cold_start is wrong")
    datetime.fromisoformat(log["timestamp"])
    return (
        answer.reply["statusCode"],
        _content_type(answer.reply),
        json.loads(answer.reply["body"]),
        log | {name: kind for name, kind in _TIMES.items() if log[name]},
        metrics,
    )


def _refused(answer: Answer) -> tuple[Any, ...]:
    status = answer.reply["statusCode"]
    if status not in _REFUSALS:
        raise ValueError("no refusal")
    log, metrics = _written(answer)
    if log["status"] != status:
        raise ValueError("the log tells another status")
    return log["route"], log["correlation_id"], log["request_id"], metrics


def _written(answer: Answer) -> tuple[dict[str, Any], dict[str, Any]]:
    documents = [json.loads(line) for line in answer.lines]
    [log] = [document for document in documents if "_aws" not in document]
    [metrics] = [document for document in documents if "_aws" in document]
    metrics["_aws"] = metrics["_aws"] | {"Timestamp": type(metrics["_aws"]["Timestamp"]).__name__}
    return log, metrics


def _content_type(reply: dict[str, Any]) -> str:
    headers = {name.lower(): value for name, value in reply.get("headers", {}).items()}
    headers |= {name.lower(): values[-1] for name, values in reply.get("multiValueHeaders", {}).items()}
    return str(headers["content-type"]).partition(";")[0]


def _same(seen: Any, reference: Any, *, more: bool) -> bool:
    """Whether they are equal; or, if more is allowed, whether everything in the reference is in what was seen."""
    if more and isinstance(reference, dict) and isinstance(seen, dict):
        return all(name in seen and _same(seen[name], value, more=more) for name, value in reference.items())
    if more and isinstance(reference, list | tuple) and isinstance(seen, list | tuple):
        return all(any(_same(item, wanted, more=more) for item in seen) for wanted in reference)
    return bool(seen == reference)
