import math
from itertools import count, takewhile

import pytest

from load.schedule import Schedule, constant, rising


def due_by(schedule: Schedule, seconds: float) -> int:
    return sum(1 for _ in takewhile(lambda due_s: due_s < seconds, map(schedule, count())))


def test_a_constant_schedule_spaces_requests_evenly_and_does_not_drift() -> None:
    schedule = constant(32)
    assert [schedule(number) for number in (0, 1, 32)] == [0, 1 / 32, 1]
    assert schedule(32 * 600) == 600


def test_a_constant_schedule_can_begin_later() -> None:
    assert [constant(2, after_s=5)(number) for number in (0, 1)] == [5, 5.5]


@pytest.mark.parametrize("second", [1, 2, 3, 4, 5])
def test_a_rising_schedule_sends_twice_as_many_in_each_second_of_the_rise(second: int) -> None:
    schedule = rising(100, 100 * 2**6)
    sent = due_by(schedule, second) - due_by(schedule, second - 1)
    sent_next = due_by(schedule, second + 1) - due_by(schedule, second)
    assert sent_next / sent == pytest.approx(2, rel=0.02)


def test_a_rising_schedule_is_constant_from_the_rate_that_it_rises_to() -> None:
    schedule = rising(2, 32)
    assert due_by(schedule, 4) == pytest.approx((32 - 2) / math.log(2), abs=1)
    assert due_by(schedule, 10) - due_by(schedule, 9) == 32
    assert due_by(schedule, 100) - due_by(schedule, 99) == 32


def test_a_rising_schedule_that_has_nowhere_to_rise_is_constant() -> None:
    schedule = rising(2, 1)
    assert [schedule(number) for number in range(3)] == [0, 1, 2]


def test_a_rising_schedule_never_goes_back() -> None:
    instants = [rising(2, 32)(number) for number in range(200)]
    assert instants == sorted(instants)
