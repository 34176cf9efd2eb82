"""The circuit breaker: when it opens, who is let through, and how it closes."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import pytest

from lambda_lib._breaker import CircuitBreaker


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def a_breaker(clock: Clock | None = None, *, failed: int = 0) -> CircuitBreaker:
    breaker = CircuitBreaker(failures=3, open_s=5.0, clock=clock or Clock())
    for _ in range(failed):
        breaker.failed()
    return breaker


def test_a_circuit_is_closed_until_so_many_failures_in_a_row() -> None:
    breaker = a_breaker(failed=2)
    assert breaker.admit() == 0
    breaker.failed()
    assert breaker.admit() == 5.0


def test_a_success_between_failures_keeps_it_closed() -> None:
    breaker = a_breaker(failed=2)
    breaker.succeeded()
    breaker.failed()
    breaker.failed()
    assert breaker.admit() == 0


def test_an_open_circuit_tells_how_long_it_stays_open() -> None:
    clock = Clock()
    breaker = a_breaker(clock, failed=3)
    clock.now = 101.5
    assert breaker.admit() == pytest.approx(3.5)


def test_after_a_while_one_call_is_let_through_and_no_other() -> None:
    clock = Clock()
    breaker = a_breaker(clock, failed=3)
    clock.now = 105.0
    assert [breaker.admit() for _ in range(3)] == [0, 5.0, 5.0]


def test_of_many_threads_one_is_let_through() -> None:
    clock = Clock()
    breaker = a_breaker(clock, failed=3)
    clock.now = 105.0
    together = Barrier(8)

    def ask() -> float:
        together.wait()
        return breaker.admit()

    with ThreadPoolExecutor(8) as threads:
        waits = [asked.result() for asked in [threads.submit(ask) for _ in range(8)]]
    assert sorted(waits) == [0, *[5.0] * 7]


def test_the_call_that_is_let_through_closes_the_circuit_if_it_succeeds() -> None:
    clock = Clock()
    breaker = a_breaker(clock, failed=3)
    clock.now = 105.0
    breaker.admit()
    breaker.succeeded()
    assert [breaker.admit() for _ in range(2)] == [0, 0]
    breaker.failed()
    breaker.failed()
    assert breaker.admit() == 0


def test_the_call_that_is_let_through_opens_it_again_if_it_fails() -> None:
    clock = Clock()
    breaker = a_breaker(clock, failed=3)
    clock.now = 105.0
    breaker.admit()
    clock.now = 107.0
    breaker.failed()
    assert breaker.admit() == 5.0


def test_a_call_that_never_tells_how_it_went_is_followed_by_another() -> None:
    clock = Clock()
    breaker = a_breaker(clock, failed=3)
    clock.now = 105.0
    breaker.admit()
    clock.now = 110.0
    assert breaker.admit() == 0
