"""Work that is done once for all threads that need it."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest

from lambda_lib._deadline import DeadlineExceeded
from lambda_lib._single_flight import SingleFlight
from lambda_lib.errors import ServiceUnavailable


class Work:
    """Work that the test lets end; it notes in which threads it was done."""

    def __init__(self, *ends: str | Exception) -> None:
        self.ends = list(ends)
        self.begun = Event()
        self.may_end = Event()
        self.threads: list[int] = []

    def __call__(self) -> str:
        self.threads.append(threading.get_ident())
        end = self.ends.pop(0)
        self.begun.set()
        assert self.may_end.wait(5)
        if isinstance(end, Exception):
            raise end
        return end


def forever() -> None:
    return None


def fly(
    threads: ThreadPoolExecutor,
    flights: SingleFlight[str, str],
    work: Work,
    left_s: Callable[[], float | None] = forever,
) -> Future[str]:
    return threads.submit(flights.do, "key", work, time_left_s=left_s)


def several(threads: ThreadPoolExecutor, flights: SingleFlight[str, str], work: Work) -> list[Future[str]]:
    """One thread that does the work, and five that wait for it."""
    first = fly(threads, flights, work)
    assert work.begun.wait(5)
    waiting = Event()

    def left_s() -> float:
        waiting.set()
        return 5.0

    others = []
    for _ in range(5):
        others.append(fly(threads, flights, work, left_s))
        assert waiting.wait(5)
        waiting.clear()
    return [first, *others]


def test_work_is_done_once_and_all_get_its_result() -> None:
    work = Work("done", "done again")
    with ThreadPoolExecutor(6) as threads:
        flown = several(threads, SingleFlight(), work)
        work.may_end.set()
        assert [future.result() for future in flown] == ["done"] * 6
    assert len(work.threads) == 1


def test_its_error_is_shared() -> None:
    work = Work(ServiceUnavailable("down"), "not asked for")
    with ThreadPoolExecutor(6) as threads:
        flown = several(threads, SingleFlight(), work)
        work.may_end.set()
        assert [type(future.exception()) for future in flown] == [ServiceUnavailable] * 6
    assert len(work.threads) == 1


def test_if_the_first_ran_out_of_time_the_others_do_the_work() -> None:
    work = Work(DeadlineExceeded(), *["done"] * 5)
    with ThreadPoolExecutor(6) as threads:
        first, *others = several(threads, SingleFlight(), work)
        work.may_end.set()
        assert isinstance(first.exception(), DeadlineExceeded)
        assert [future.result() for future in others] == ["done"] * 5
    assert work.threads[0] not in work.threads[1:]


def test_a_thread_waits_no_longer_than_it_has_time() -> None:
    work = Work("done")
    flights = SingleFlight[str, str]()
    with ThreadPoolExecutor(2) as threads:
        first = fly(threads, flights, work)
        assert work.begun.wait(5)
        started = time.monotonic()
        with pytest.raises(DeadlineExceeded):
            flights.do("key", work, time_left_s=lambda: 0.05)
        assert 0.05 <= time.monotonic() - started < 1
        with pytest.raises(DeadlineExceeded):
            flights.do("key", work, time_left_s=lambda: -1.0)
        work.may_end.set()
        assert first.result() == "done"


def test_work_for_another_key_does_not_wait() -> None:
    work = Work("done")
    flights = SingleFlight[str, str]()
    with ThreadPoolExecutor(1) as threads:
        first = fly(threads, flights, work)
        assert work.begun.wait(5)
        assert flights.do("another", lambda: "at once", time_left_s=forever) == "at once"
        work.may_end.set()
        assert first.result() == "done"


@pytest.mark.parametrize("end", ["done", ServiceUnavailable(), KeyboardInterrupt()])
def test_what_is_asked_for_later_is_done_anew(end: str | BaseException) -> None:
    flights = SingleFlight[str, str]()

    def work() -> str:
        if isinstance(end, BaseException):
            raise end
        return end

    for _ in range(2):
        if isinstance(end, str):
            assert flights.do("key", work, time_left_s=forever) == end
        else:
            with pytest.raises(type(end)):
                flights.do("key", work, time_left_s=forever)
    assert flights.do("key", lambda: "new", time_left_s=forever) == "new"


def test_a_first_thread_that_is_interrupted_leaves_nobody_waiting() -> None:
    flights = SingleFlight[str, str]()
    begun, may_end = Event(), Event()

    def interrupted() -> str:
        begun.set()
        assert may_end.wait(5)
        raise SystemExit

    def lead() -> None:
        with pytest.raises(SystemExit):
            flights.do("key", interrupted, time_left_s=forever)

    first = threading.Thread(target=lead)
    first.start()
    assert begun.wait(5)
    with ThreadPoolExecutor(1) as threads:
        second = threads.submit(flights.do, "key", lambda: "done", time_left_s=lambda: 5.0)
        may_end.set()
        assert second.result(5) == "done"
    first.join()
