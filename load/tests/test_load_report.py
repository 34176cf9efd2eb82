import json
from dataclasses import replace

import pytest

from load.model import full_bucket
from load.phases import AlarmState, Course, Event, Outcome, Phase
from load.plan import Read, plan_for
from load.replies import Reply, Tally
from load.report import Progress, Summary


def a_tally(*, throttled_at_s: float | None = 21.0) -> Tally:
    tally = Tally()
    for scheduled_s in range(10):
        tally.arrive(scheduled_s=scheduled_s, now_s=scheduled_s + 0.001)
        tally.answer(Reply.NOT_FOUND, "", scheduled_s=scheduled_s, now_s=scheduled_s + 0.010)
    tally.answer(Reply.FAILED, "HTTP 500", scheduled_s=10, now_s=10.5)
    if throttled_at_s is not None:
        tally.answer(Reply.THROTTLED, "", scheduled_s=throttled_at_s - 0.5, now_s=throttled_at_s)
    return tally


def a_summary(tally: Tally) -> Summary:
    return Summary(
        title="Drill read-throttle of location in dev",
        alarm="dev-location-read-throttle",
        outcome=Outcome.PASSED,
        plan=plan_for("dev-location", full_bucket(1), Read(0, consistent=True), target_s=20),
        course=Course(phase=Phase.DONE, timeline=(Event(1.5, "load started"), Event(90, "alarm OK"))),
        tally=tally,
        load_s=60,
        trickle=Tally(),
        began_at=1_800_000_000,
    )


def test_the_summary_shows_what_was_predicted_and_seen_and_the_timeline_in_utc() -> None:
    text = a_summary(a_tally()).text()
    assert "seen after 21.0 s, predicted 20.0 s (seen/predicted 1.05)" in text
    assert "0 found, 10 not found, 1 throttled, 1 failed" in text
    assert "HTTP 500: 1" in text
    assert "08:00:01Z     1.5 s  load started" in text


def test_a_summary_without_a_throttled_reply_says_that_none_was_seen() -> None:
    summary = a_summary(a_tally(throttled_at_s=None))
    assert "not seen, predicted 20.0 s" in summary.text()
    assert summary.document()["seen_to_predicted"] is None


def test_the_summary_of_a_drill_that_sent_nothing_can_be_shown_and_written() -> None:
    summary = replace(a_summary(Tally()), load_s=0, course=Course())
    assert "0 in 0.0 s" in summary.text()
    assert json.loads(json.dumps(summary.document(), allow_nan=False))["latency_s"] == {}


def test_the_summary_as_a_document_holds_seconds_and_iso_instants() -> None:
    document = json.loads(json.dumps(a_summary(a_tally()).document(), allow_nan=False))
    assert document["outcome"] == "passed"
    assert document["exit_code"] == 0
    assert document["predicted_s"] == 20
    assert document["first_throttled_s"] == 21
    assert document["seen_to_predicted"] == pytest.approx(1.05)
    assert document["latency_s"]["p50"] == pytest.approx(0.010)
    assert document["timeline"][0] == {"at": "2027-01-15T08:00:01.500000+00:00", "at_s": 1.5, "what": "load started"}


def test_a_line_of_progress_shows_the_rate_and_latency_since_the_line_before() -> None:
    tally = a_tally()
    progress = Progress(tally)
    course = Course(phase=Phase.DRIVE, alarm=AlarmState.OK)
    assert "2.0/s" in progress.line(course, 5)
    for _ in range(6):
        tally.arrive(scheduled_s=11, now_s=11)
        tally.answer(Reply.FOUND, "", scheduled_s=11, now_s=11.2)
    line = progress.line(course, 7)
    assert "3.0/s" in line
    assert "p50 200 ms" in line
    assert "found 6  not found 10  throttled 1  failed 1  alarm OK" in line
