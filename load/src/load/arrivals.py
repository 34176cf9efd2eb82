"""Requests on a schedule, on Locust: an open model, whose arrivals the clock decides.

A closed loop waits for a reply before it asks again, so a service that slows down slows its own load, and neither the
demand nor the latency that it reports is true. Here every arrival has its instant, whatever the others became.

Locust's users are closed loops; one user of ours is a whole stream of arrivals, which starts a greenlet for each. The
rest is Locust's: runner, HTTP client and statistics, so that a stream per worker makes a load of many machines.

This module needs gevent's monkey patches: `load.cli` applies them, before anything imports `ssl`.
"""

import time
from collections.abc import Callable
from itertools import count
from typing import ClassVar

import gevent
from gevent.pool import Pool
from locust import FastHttpUser, task
from locust.env import Environment

from load.replies import Reply, Tally, classify
from load.schedule import Schedule

MAX_IN_FLIGHT = 500
"""Requests under way at once; when all are taken an arrival waits, and counts as late."""

CONNECT_TIMEOUT_S = 5.0
REPLY_TIMEOUT_S = 15.0


class Load:
    """Signed GET requests on a schedule.

    Args:
        url: Base URL.
        target: Path and query of the n-th request, below the base URL.
        sign: The headers for a method and a URL.
        schedule: When each request is due.
    """

    def __init__(
        self,
        *,
        url: str,
        target: Callable[[int], str],
        sign: Callable[[str, str], dict[str, str]],
        schedule: Schedule,
    ) -> None:
        self.url = url.rstrip("/")
        self.target = target
        self.sign = sign
        self.schedule = schedule
        self.tally = Tally()
        self.started_at: float | None = None
        """The start, from which the schedule counts, on the monotonic clock; None before."""
        self.ran_s = 0.0
        """Seconds from the start to the end; 0 until it has ended."""
        stream = type("BoundStream", (_Stream,), {"load": self, "host": self.url, "abstract": False})
        self._runner = Environment(user_classes=[stream]).create_local_runner()

    def start(self) -> None:
        """Begins to send, in the background."""
        self._runner.start(user_count=1, spawn_rate=1)

    def quit(self) -> None:
        """Ends the load at once: nothing is sent any more, requests under way are given up."""
        if self.started_at is not None:
            self.ran_s = time.monotonic() - self.started_at
        self._runner.quit()


class _Stream(FastHttpUser):
    """The arrivals of a load."""

    abstract = True
    load: ClassVar[Load]

    insecure = False  # Locust's default does not verify certificates
    concurrency = MAX_IN_FLIGHT
    connection_timeout = CONNECT_TIMEOUT_S
    network_timeout = REPLY_TIMEOUT_S

    @task
    def arrive(self) -> None:
        """Sends for ever; Locust ends it by killing the greenlet."""
        load = self.load
        in_flight = Pool(MAX_IN_FLIGHT)
        load.started_at = start = time.monotonic()
        try:
            for number in count():
                due_in_s = start + load.schedule(number) - time.monotonic()
                gevent.sleep(max(0.0, due_in_s))
                in_flight.spawn(self._send, number, start)
        finally:
            in_flight.kill()

    def _send(self, number: int, start: float) -> None:
        load, tally = self.load, self.load.tally
        scheduled_s = load.schedule(number)
        tally.arrive(scheduled_s=scheduled_s, now_s=time.monotonic() - start)
        url = load.url + load.target(number)
        with self.client.get(url, headers=load.sign("GET", url), catch_response=True) as response:
            now_s = time.monotonic() - start
            reply, failure = classify(response.status_code, response.content or b"")
            if response.status_code == 0:
                failure = f"{failure}: {type(response.error).__name__}"
            tally.answer(reply, failure, scheduled_s=scheduled_s, now_s=now_s)
            response.request_meta |= {"name": reply.value, "response_time": 1000 * (now_s - scheduled_s)}
            if reply is Reply.FAILED:
                response.failure(failure)
            else:
                response.success()
