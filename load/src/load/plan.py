"""A plan: what a demand asks of a table, when it throttles and what it costs."""

import math
from dataclasses import dataclass

from load.cost import usd_per_request
from load.model import Bucket, demand_to_throttle, read_units


@dataclass(frozen=True, slots=True)
class Read:
    """The reads that a demand is made of."""

    item_bytes: int
    consistent: bool

    @property
    def units(self) -> float:
        """Read units of one request."""
        return read_units(self.item_bytes, consistent=self.consistent)


@dataclass(frozen=True, slots=True)
class Plan:
    """A demand on a table.

    Attributes:
        table: Name of the table.
        bucket: Its capacity and estimated level when the demand begins.
        read: What each request reads.
        demand_units_per_s: The demand.
        target_s: The seconds to throttle that the demand was chosen for, from a full bucket; None when it was given.
    """

    table: str
    bucket: Bucket
    read: Read
    demand_units_per_s: float
    target_s: float | None = None

    @property
    def rate_per_s(self) -> float:
        """Requests per second."""
        return self.demand_units_per_s / self.read.units

    @property
    def predicted_s(self) -> float:
        """Seconds to the first throttled request; infinite when the demand never throttles."""
        return self.bucket.seconds_to_throttle(self.demand_units_per_s)

    @property
    def requests_to_throttle(self) -> float:
        """Requests up to the first throttled one; infinite when the demand never throttles."""
        return math.inf if math.isinf(self.predicted_s) else math.ceil(self.predicted_s * self.rate_per_s)

    def usd(self, seconds: float) -> float:
        """Estimated cost on AWS, in US dollars, of driving the demand for some seconds."""
        return self.rate_per_s * seconds * usd_per_request()


def plan_for(
    table: str, bucket: Bucket, read: Read, *, target_s: float, demand_units_per_s: float | None = None
) -> Plan:
    """A plan for a given demand, or for one that throttles a full bucket in `target_s` seconds."""
    if demand_units_per_s is not None:
        return Plan(table, bucket, read, demand_units_per_s)
    return Plan(table, bucket, read, demand_to_throttle(bucket.capacity_units_per_s, target_s), target_s)
