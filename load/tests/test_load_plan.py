import math

import pytest

from load.cost import RequestProfile, usd_per_request
from load.model import Bucket, full_bucket
from load.plan import Read, plan_for
from load.report import plan_text

EVENTUAL = Read(item_bytes=0, consistent=False)


def test_a_plan_finds_the_demand_that_throttles_a_full_bucket_at_the_target() -> None:
    plan = plan_for("dev-location", full_bucket(1), EVENTUAL, target_s=20)
    assert plan.demand_units_per_s == 16
    assert plan.rate_per_s == 32
    assert plan.predicted_s == 20
    assert plan.requests_to_throttle == 640


def test_the_demand_is_chosen_for_a_full_bucket_and_the_prediction_made_for_the_actual_one() -> None:
    plan = plan_for("dev-location", Bucket(1, 150), EVENTUAL, target_s=20)
    assert plan.demand_units_per_s == 16
    assert plan.predicted_s == 10


def test_a_given_demand_is_taken_as_it_is() -> None:
    plan = plan_for("dev-location", full_bucket(1), Read(5000, consistent=True), target_s=20, demand_units_per_s=4)
    assert plan.rate_per_s == 2
    assert plan.predicted_s == 100


def test_a_demand_within_the_capacity_is_shown_as_never_throttling_with_a_warning() -> None:
    plan = plan_for("dev-location", full_bucket(5), EVENTUAL, target_s=20, demand_units_per_s=5)
    assert math.isinf(plan.requests_to_throttle)
    text = plan_text(plan)
    assert "never" in text
    assert "warning: the capacity of 5 units/s serves this demand for ever" in text


def test_the_text_of_a_plan_shows_demand_prediction_cost_and_assumptions() -> None:
    text = plan_text(plan_for("dev-location", Bucket(1, 150), Read(5000, consistent=False), target_s=20))
    assert "16 units/s = 16 requests/s" in text
    assert "1 units: eventually consistent, an item of 5000 bytes" in text
    assert "150 of 300 units (50% full), by estimate" in text
    assert "after 10.0 s, 160 requests" in text
    assert "USD" in text
    assert "Assumes that the table was full 300 s ago" in text


def test_the_cost_is_that_of_the_gateway_and_more_and_grows_with_the_requests() -> None:
    assert usd_per_request() > 3.5e-6
    assert usd_per_request(RequestProfile(memory_gb=2.0)) > usd_per_request()
    plan = plan_for("dev-location", full_bucket(1), EVENTUAL, target_s=20)
    assert plan.usd(60) == pytest.approx(60 * 32 * usd_per_request())
