import pytest

from load.phases import (
    AlarmState,
    Course,
    Limits,
    Observation,
    Outcome,
    Phase,
    limits_for,
    step,
    throttled_before,
)

OK, ALARM, UNKNOWN = AlarmState.OK, AlarmState.ALARM, AlarmState.INSUFFICIENT_DATA
LIMITS = Limits(total_s=600, throttle_s=60, ready_s=100, fire_s=200, recover_s=300, warm_s=10)


def seen(
    at_s: float,
    alarm: AlarmState = OK,
    *,
    first_throttled_s: float | None = None,
    steady: bool = True,
    failure: str = "",
    other_table: str = "",
) -> Observation:
    return Observation(at_s, alarm, first_throttled_s, steady, failure, other_table)


def a_course(*observations: Observation, limits: Limits = LIMITS) -> Course:
    course = Course()
    for observation in observations:
        course = step(course, observation, limits)
    return course


THROTTLED_S = 20.0
WARMING = (seen(1, steady=False),)
DRIVING = (*WARMING, seen(3))
WAITING = (*DRIVING, seen(20, first_throttled_s=THROTTLED_S))
FIRED = (*WAITING, seen(70, ALARM, first_throttled_s=THROTTLED_S))


def test_a_drill_passes_when_the_alarm_goes_from_ok_to_alarm_to_ok() -> None:
    course = a_course(
        *FIRED, seen(130, ALARM, first_throttled_s=THROTTLED_S), seen(190, OK, first_throttled_s=THROTTLED_S)
    )
    assert course.outcome is Outcome.PASSED
    assert [(event.at_s, event.what) for event in course.timeline] == [
        (1, "alarm OK"),
        (1, "warm-up started"),
        (3, "load started"),
        (20, "first throttled reply"),
        (70, "alarm ALARM"),
        (70, "load stopped"),
        (190, "alarm OK"),
        (190, Outcome.PASSED.line),
    ]


@pytest.mark.parametrize(
    ("observations", "phase"),
    [
        ((), Phase.AWAIT_OK),
        (WARMING, Phase.WARM_UP),
        (DRIVING, Phase.DRIVE),
        (WAITING, Phase.AWAIT_ALARM),
        (FIRED, Phase.AWAIT_RECOVERY),
    ],
)
def test_each_phase_follows_from_what_was_seen(observations: tuple[Observation, ...], phase: Phase) -> None:
    assert a_course(*observations).phase is phase


@pytest.mark.parametrize("state", [ALARM, UNKNOWN])
def test_no_load_is_sent_before_the_alarm_is_ok(state: AlarmState) -> None:
    course = a_course(seen(1, state), seen(99, state))
    assert course.phase is Phase.AWAIT_OK
    assert step(course, seen(99.5), LIMITS).phase is Phase.WARM_UP


def test_an_alarm_that_does_not_become_ok_ends_the_drill_before_any_load() -> None:
    assert a_course(seen(1, ALARM), seen(100, ALARM)).outcome is Outcome.NOT_READY


def test_an_alarm_that_fires_before_any_throttled_reply_does_not_count() -> None:
    course = a_course(*DRIVING, seen(10, ALARM))
    assert course.phase is Phase.DRIVE


def test_a_load_without_any_throttled_reply_ends_after_its_limit() -> None:
    assert a_course(*DRIVING, seen(62.9)).outcome is None
    assert a_course(*DRIVING, seen(63)).outcome is Outcome.NEVER_THROTTLED


def test_a_service_that_does_not_answer_steadily_is_unreachable_and_the_failure_is_named() -> None:
    assert a_course(*WARMING, seen(10.9, steady=False)).outcome is None
    course = a_course(*WARMING, seen(11, steady=False, failure="HTTP 403"))
    assert course.outcome is Outcome.UNREACHABLE
    assert course.timeline[-1].what == "AWS or the service is unreachable: HTTP 403 in 10 s of warm-up"


def test_an_alarm_that_stays_ok_after_throttling_never_fired() -> None:
    assert a_course(*WAITING, seen(219, first_throttled_s=THROTTLED_S)).outcome is None
    assert a_course(*WAITING, seen(220, first_throttled_s=THROTTLED_S)).outcome is Outcome.NEVER_FIRED


@pytest.mark.parametrize("state", [ALARM, UNKNOWN])
def test_an_alarm_that_does_not_return_to_ok_never_recovered(state: AlarmState) -> None:
    assert a_course(*FIRED, seen(370, state, first_throttled_s=THROTTLED_S)).outcome is Outcome.NEVER_RECOVERED


@pytest.mark.parametrize("before", [DRIVING, WAITING, FIRED])
def test_another_table_that_throttled_first_ends_the_drill_in_any_phase_under_load(
    before: tuple[Observation, ...],
) -> None:
    course = a_course(*before, seen(80, other_table="dev-profile", first_throttled_s=THROTTLED_S))
    assert course.outcome is Outcome.OTHER_TABLE_FIRST
    assert "dev-profile" in course.timeline[-1].what


@pytest.mark.parametrize("before", [(), WARMING, DRIVING, WAITING, FIRED])
def test_the_time_limit_ends_the_drill_in_any_phase(before: tuple[Observation, ...]) -> None:
    limits = Limits(total_s=75, throttle_s=1000, ready_s=1000)
    assert (
        a_course(*before, seen(75, UNKNOWN, first_throttled_s=THROTTLED_S), limits=limits).outcome is Outcome.TIME_LIMIT
    )


def test_a_course_that_is_done_stays_as_it_is() -> None:
    done = a_course(*FIRED, seen(190, first_throttled_s=THROTTLED_S))
    assert step(done, seen(700, ALARM), LIMITS) == done


def test_every_outcome_has_an_exit_code_of_its_own_and_only_a_pass_is_zero() -> None:
    codes = [outcome.exit_code for outcome in Outcome]
    assert len(set(codes)) == len(codes)
    assert [outcome for outcome in Outcome if outcome.exit_code == 0] == [Outcome.PASSED]


def test_the_load_is_bounded_by_its_phases_and_by_the_time_limit() -> None:
    assert limits_for(20, 600).load_s == 320
    assert limits_for(30, 600).load_s == 350
    assert limits_for(20, 100).load_s == 100


@pytest.mark.parametrize(
    ("others", "own_at", "first"),
    [
        ({}, None, ""),
        ({"dev-profile": 600.0}, None, "dev-profile"),
        ({"dev-profile": 600.0}, 661.0, "dev-profile"),
        ({"dev-profile": 660.0}, 661.0, "dev-profile"),
        ({"dev-profile": 720.0}, 661.0, ""),
        ({"dev-profile": 660.0, "dev-authentication": 600.0}, 719.0, "dev-authentication"),
    ],
)
def test_another_table_is_first_when_it_throttled_in_an_earlier_minute_or_in_the_same(
    others: dict[str, float], own_at: float | None, first: str
) -> None:
    assert throttled_before(others, own_at) == first
