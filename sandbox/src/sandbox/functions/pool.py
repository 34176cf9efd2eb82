"""The workers of one version of a function: made on demand, used again, the most recent first.

A pool has a largest size, since workers are processes of one machine; events beyond it wait for a worker. That is not
concurrency as Lambda limits it, which is counted, and refused, before a worker is looked for.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from sandbox.functions.invocation import Outcome
from sandbox.functions.worker import Worker

_CREDENTIALS_MARGIN_S = 60.0


class StartFailure(Exception):  # noqa: N818 - what Lambda reports as the function's error, not a fault of the sandbox
    """A worker could not start.

    Attributes:
        worker: The worker, of which only the log is of use.
        outcome: What the invocation that waited for it ends with.
    """

    def __init__(self, worker: Worker, outcome: Outcome) -> None:
        super().__init__(outcome.error_type)
        self.worker = worker
        self.outcome = outcome


class Pool:
    """Gives out workers, each to one event at a time.

    Args:
        start: Makes a worker and starts it; the outcome is None where that succeeded.
        timeout_s: The function's timeout; a worker whose credentials would end within an event is not used for it.
        max_workers: The largest number of workers.
    """

    def __init__(
        self,
        start: Callable[[], Awaitable[tuple[Worker, Outcome | None]]],
        *,
        timeout_s: float,
        max_workers: int,
    ) -> None:
        self._start = start
        self._max_workers = max_workers
        self._margin_s = timeout_s + _CREDENTIALS_MARGIN_S
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._waiting: deque[asyncio.Future[Worker]] = deque()
        self._starting: set[asyncio.Task[None]] = set()
        self._stopping: set[asyncio.Task[None]] = set()
        self._generation = 0

    async def acquire(self) -> Worker:
        """A worker that is free, or the first that becomes free or is started.

        Raises:
            StartFailure: The worker that was started for this event could not start.
        """
        now = time.time()
        while self._idle:
            worker = self._idle.pop()
            if worker.alive and worker.expires_at > now + self._margin_s:
                self._busy.add(worker)
                return worker
            self._stop(worker)
        waiter: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        self._grow()
        return await waiter

    def release(self, worker: Worker, *, lost: bool) -> None:
        """Takes a worker back after its event; a lost one is ended."""
        self._busy.discard(worker)
        if lost or worker.retired:  # a retired worker must not serve even those who wait: they get new code
            self._stop(worker)
            self._grow()
        else:
            self._offer(worker)

    def retire(self) -> None:
        """Ends the workers: idle ones now, the others after their event. Later events get new workers."""
        self._generation += 1
        for worker in self._busy:
            worker.retired = True
        while self._idle:
            self._stop(self._idle.pop())

    def reap(self, idle_s: float) -> None:
        """Ends the workers that have been idle for so long."""
        before = asyncio.get_running_loop().time() - idle_s
        keep = [worker for worker in self._idle if worker.idle_since >= before]
        for worker in self._idle:
            if worker.idle_since < before:
                self._stop(worker)
        self._idle = keep

    async def stop(self) -> None:
        """Kills all workers and waits for their end."""
        self._max_workers = 0
        starting = list(self._starting)
        for task in starting:
            task.cancel()
        await asyncio.gather(*starting, return_exceptions=True)
        for waiter in self._waiting:
            waiter.cancel()
        for worker in (*self._idle, *self._busy):
            self._stop(worker)
        self._idle.clear()
        while self._stopping:  # an invocation that loses its worker here gives it back to be stopped
            await asyncio.gather(*self._stopping)

    def _grow(self) -> None:
        """Starts a worker for each event that waits, up to the largest number."""
        waiting = sum(not waiter.done() for waiter in self._waiting)
        while len(self._starting) < waiting and len(self._busy) + len(self._starting) < self._max_workers:
            task = asyncio.create_task(self._launch())
            self._starting.add(task)
            task.add_done_callback(self._launched)

    def _launched(self, task: asyncio.Task[None]) -> None:
        self._starting.discard(task)
        self._grow()

    async def _launch(self) -> None:
        generation = self._generation
        try:
            worker, failure = await self._start()
        except Exception as error:  # noqa: BLE001  # the outermost frame of a task: whoever waits is told
            self._disappoint(error)
            return
        if failure is None:
            worker.retired = generation != self._generation
            self._offer(worker)
        else:
            self._disappoint(StartFailure(worker, failure))
            self._stop(worker)

    def _disappoint(self, error: Exception) -> None:
        waiter = self._next_waiter()
        if waiter is not None:
            waiter.set_exception(error)

    def _offer(self, worker: Worker) -> None:
        waiter = self._next_waiter()
        if waiter is not None:
            self._busy.add(worker)
            waiter.set_result(worker)
        elif worker.retired:
            self._stop(worker)
        else:
            self._idle.append(worker)

    def _next_waiter(self) -> asyncio.Future[Worker] | None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                return waiter
        return None

    def _stop(self, worker: Worker) -> None:
        task = asyncio.create_task(worker.stop())
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)
