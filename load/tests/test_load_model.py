import math

import pytest

from load.model import Bucket, demand_to_throttle, estimated_bucket, full_bucket, read_units


@pytest.mark.parametrize(
    ("item_bytes", "consistent", "units"),
    [
        (0, True, 1),
        (0, False, 0.5),
        (1, True, 1),
        (4096, True, 1),
        (4096, False, 0.5),
        (4097, True, 2),
        (4097, False, 1),
        (409_600, True, 100),
    ],
)
def test_a_read_costs_a_unit_per_4_kb_and_half_when_eventually_consistent(
    item_bytes: int, units: float, *, consistent: bool
) -> None:
    assert read_units(item_bytes, consistent=consistent) == units


def test_a_full_bucket_of_one_unit_lasts_75_s_against_five_units() -> None:
    assert full_bucket(1).seconds_to_throttle(5) == 75


@pytest.mark.parametrize("demand", [0.5, 1.0])
def test_a_demand_up_to_the_capacity_never_throttles(demand: float) -> None:
    assert math.isinf(full_bucket(1).seconds_to_throttle(demand))


def test_an_empty_bucket_throttles_any_excess_at_once() -> None:
    assert Bucket(5, 0).seconds_to_throttle(5.1) == 0


@pytest.mark.parametrize("capacity", [1, 2, 5, 100])
@pytest.mark.parametrize("target_s", [15, 20, 30])
def test_the_demand_for_a_target_throttles_a_full_bucket_at_the_target(capacity: float, target_s: float) -> None:
    demand = demand_to_throttle(capacity, target_s)
    assert full_bucket(capacity).seconds_to_throttle(demand) == pytest.approx(target_s)


def test_a_bucket_without_history_of_use_is_full() -> None:
    assert estimated_bucket(2, [(60, 0)] * 5) == full_bucket(2)


def test_use_below_the_capacity_leaves_the_bucket_full() -> None:
    assert estimated_bucket(2, [(60, 120), (60, 119), (60, 0), (30, 60)]).fill == 1


def test_a_burst_leaves_what_was_not_taken_and_refills_by_the_capacity() -> None:
    assert estimated_bucket(1, [(60, 0), (60, 360), (60, 0), (30, 0)]).level_units == pytest.approx(
        60 + 300 - 360 + 60 + 30
    )


def test_more_consumption_than_a_bucket_can_give_leaves_it_empty() -> None:
    assert estimated_bucket(1, [(60, 1000)]).level_units == 0


def test_waiting_fills_a_bucket_up_to_300_s_of_capacity() -> None:
    drained = Bucket(2, 0)
    assert drained.after(30).level_units == 60
    assert drained.after(1000) == full_bucket(2)
