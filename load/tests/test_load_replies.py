import json
import math

import pytest

from load.replies import LATE_AFTER_S, Reply, Tally, classify, percentile


def a_problem(status: int, code: str) -> bytes:
    return json.dumps({"type": "about:blank", "title": "x", "status": status, "code": code}).encode()


@pytest.mark.parametrize(
    ("status", "body", "kind", "failure"),
    [
        (200, b"{}", Reply.FOUND, ""),
        (404, a_problem(404, "not_found"), Reply.NOT_FOUND, ""),
        (503, a_problem(503, "throttled"), Reply.THROTTLED, ""),
        (503, a_problem(503, "unavailable"), Reply.FAILED, "HTTP 503 unavailable"),
        (503, b'{"message": "Service Unavailable"}', Reply.FAILED, "HTTP 503"),
        (503, b"<html>", Reply.FAILED, "HTTP 503"),
        (503, b"[]", Reply.FAILED, "HTTP 503"),
        (503, b"\xff", Reply.FAILED, "HTTP 503"),
        (429, a_problem(429, "throttled"), Reply.FAILED, "HTTP 429 throttled"),
        (403, b"", Reply.FAILED, "HTTP 403"),
        (500, b"", Reply.FAILED, "HTTP 500"),
        (0, b"", Reply.FAILED, "no reply"),
    ],
)
def test_only_a_503_problem_with_the_code_throttled_is_a_throttled_reply(
    status: int, body: bytes, kind: Reply, failure: str
) -> None:
    assert classify(status, body) == (kind, failure)


def test_the_first_throttled_reply_is_kept_and_later_ones_only_counted() -> None:
    tally = Tally()
    for now_s in (1.0, 2.0, 3.0):
        tally.answer(Reply.THROTTLED, "", scheduled_s=now_s - 0.5, now_s=now_s)
    assert tally.first_throttled_s == 1.0
    assert tally.replies[Reply.THROTTLED] == 3


def test_failures_are_counted_by_what_they_were() -> None:
    tally = Tally()
    for failure in ("HTTP 500", "HTTP 500", "no reply"):
        tally.answer(Reply.FAILED, failure, scheduled_s=0, now_s=1)
    assert tally.failures == {"HTTP 500": 2, "no reply": 1}
    assert tally.first_throttled_s is None


def test_an_arrival_is_late_when_it_starts_after_its_instant_by_more_than_the_tolerance() -> None:
    tally = Tally()
    tally.arrive(scheduled_s=1, now_s=1 + LATE_AFTER_S / 2)
    tally.arrive(scheduled_s=2, now_s=2.5)
    assert (tally.started, tally.late, tally.worst_lateness_s) == (2, 1, 0.5)


def test_latency_runs_from_the_scheduled_instant() -> None:
    tally = Tally()
    tally.arrive(scheduled_s=1, now_s=4)
    tally.answer(Reply.FOUND, "", scheduled_s=1, now_s=4.5)
    assert tally.latencies_s == [3.5]


def test_replies_are_steady_while_none_fails_and_none_is_slow() -> None:
    tally = Tally()
    tally.answer(Reply.NOT_FOUND, "", scheduled_s=0, now_s=0.1)
    tally.answer(Reply.THROTTLED, "", scheduled_s=1, now_s=1.1)
    assert tally.steady == 2
    tally.answer(Reply.FOUND, "", scheduled_s=2, now_s=3.1)
    assert tally.steady == 0
    tally.answer(Reply.FOUND, "", scheduled_s=3, now_s=3.1)
    tally.answer(Reply.FAILED, "HTTP 500", scheduled_s=4, now_s=4.1)
    assert tally.steady == 0


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert (percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1)) == (50, 99, 100)
    assert math.isnan(percentile([], 0.5))
