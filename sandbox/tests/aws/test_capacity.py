import pytest

from sandbox.aws.dynamodb.capacity import Bucket, item_size, read_units, write_units


def test_a_bucket_starts_with_300_seconds_of_its_rate():
    bucket = Bucket(rate_per_s=2, now=0.0)
    assert bucket.level(0.0) == 600
    assert bucket.take(600, 0.0)
    assert not bucket.take(0.5, 0.0)


def test_a_bucket_can_start_with_less():
    assert Bucket(rate_per_s=2, now=0.0, level=5).level(0.0) == 5


def test_a_bucket_is_refilled_at_its_rate():
    bucket = Bucket(rate_per_s=2, now=0.0, level=0)
    assert not bucket.take(1, 0.4)
    assert bucket.take(1, 0.5)


def test_a_bucket_never_holds_more_than_300_seconds():
    assert Bucket(rate_per_s=2, now=0.0).level(10_000.0) == 600


def test_a_refused_request_consumes_nothing():
    bucket = Bucket(rate_per_s=1, now=0.0, level=3)
    assert not bucket.take(4, 0.0)
    assert bucket.level(0.0) == 3


def test_a_clock_that_goes_back_does_not_refill():
    bucket = Bucket(rate_per_s=1, now=100.0, level=0)
    assert bucket.level(50.0) == 0
    assert bucket.level(101.0) == 1


def test_a_request_larger_than_the_bucket_needs_a_full_one_and_leaves_a_debt():
    bucket = Bucket(rate_per_s=1, now=0.0)
    assert bucket.take(400, 0.0)
    assert bucket.level(0.0) == -100
    assert not bucket.take(400, 399.0)
    assert bucket.take(400, 400.0)


@pytest.mark.parametrize(("capacity", "units_per_s"), [(1, 5), (3, 10), (10, 12.5)])
def test_a_constant_demand_is_throttled_after_the_predicted_seconds(capacity, units_per_s):
    bucket = Bucket(rate_per_s=capacity, now=0.0)
    count = 0
    while bucket.take(0.5, count * 0.5 / units_per_s):
        count += 1
    assert count * 0.5 / units_per_s == pytest.approx(300 * capacity / (units_per_s - capacity), rel=0.01)


@pytest.mark.parametrize(
    ("size", "consistent", "units"),
    [(0, False, 0.5), (0, True, 1), (4096, True, 1), (4097, True, 2), (4097, False, 1), (10_000, True, 3)],
)
def test_read_units_are_4_kb_and_half_of_that_when_eventually_consistent(size, consistent, units):
    assert read_units(size, consistent=consistent) == units


@pytest.mark.parametrize(("size", "units"), [(0, 1), (1024, 1), (1025, 2), (10_240, 10)])
def test_write_units_are_1_kb(size, units):
    assert write_units(size) == units


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "höhe"}, 5),
        ({"N": "0"}, 1),
        ({"N": "27"}, 2),
        ({"N": "-123.450"}, 4),
        ({"N": "1200000"}, 2),
        ({"N": "1.5E10"}, 2),
        ({"B": "aGVsbG8="}, 5),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["ab", "c"]}, 3),
        ({"NS": ["12", "345"]}, 5),
        ({"BS": ["aGVsbG8="]}, 5),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"N": "1"}]}, 3 + 1 + 2 + 1 + 2),
        ({"M": {"key": {"S": "ab"}}}, 3 + 1 + 3 + 2),
    ],
)
def test_the_size_of_a_value(value, size):
    assert item_size({"name": value}) == len("name") + size


@pytest.mark.parametrize("value", [{}, {"X": "a"}, {"S": 1}, {"L": "a"}, "text"])
def test_what_is_no_attribute_value_has_no_size(value):
    with pytest.raises(ValueError, match="not an attribute value"):
        item_size({"name": value})
