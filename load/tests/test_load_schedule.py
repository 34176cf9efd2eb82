from load.schedule import bursts, constant, warm_up_size


def test_a_constant_schedule_spaces_requests_evenly_and_does_not_drift() -> None:
    schedule = constant(32)
    assert [schedule(number) for number in (0, 1, 32)] == [0, 1 / 32, 1]
    assert schedule(32 * 600) == 600


def test_a_constant_schedule_can_begin_later() -> None:
    assert [constant(2, after_s=5)(number) for number in (0, 1)] == [5, 5.5]


def test_bursts_are_so_many_requests_at_the_same_instant() -> None:
    assert [bursts(3, 2.0)(number) for number in range(7)] == [0, 0, 0, 2, 2, 2, 4]


def test_a_warm_up_has_as_many_functions_started_as_the_rate_needs_up_to_the_limit_of_an_account() -> None:
    assert [warm_up_size(rate_per_s) for rate_per_s in (0.5, 8, 32, 500)] == [1, 2, 8, 10]
