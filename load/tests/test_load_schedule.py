from load.schedule import bursts, constant


def test_a_constant_schedule_spaces_requests_evenly_and_does_not_drift() -> None:
    schedule = constant(32)
    assert [schedule(number) for number in (0, 1, 32)] == [0, 1 / 32, 1]
    assert schedule(32 * 600) == 600


def test_a_constant_schedule_can_begin_later() -> None:
    assert [constant(2, after_s=5)(number) for number in (0, 1)] == [5, 5.5]


def test_bursts_are_so_many_requests_at_the_same_instant() -> None:
    assert [bursts(3, 2.0)(number) for number in range(7)] == [0, 0, 0, 2, 2, 2, 4]
