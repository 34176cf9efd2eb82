import re

import pytest

from load import names
from load.errors import PreconditionError
from load.targets import READ_THROTTLE


def test_the_read_drill_asks_location_for_a_user_with_the_consistency_in_the_query() -> None:
    route = READ_THROTTLE.route("location")
    assert route.request_target("load-000001", consistent=True) == "/locations/load-000001?consistent=true"
    assert route.request_target("load-000001", consistent=False) == "/locations/load-000001?consistent=false"


def test_a_service_that_the_drill_does_not_know_is_a_clear_error() -> None:
    with pytest.raises(PreconditionError, match="knows no route of service 'profile'; it knows: location"):
        READ_THROTTLE.route("profile")


def test_the_names_are_those_of_the_declaration() -> None:
    assert names.table_name("dev", "location") == "dev-location"
    assert names.alarm_name("dev", "location", READ_THROTTLE.alarm) == "dev-location-read-throttle"
    assert names.url_parameter("dev", "location") == "/dev/location/url"
    assert names.operator_role_arn("dev", "123456789012") == "arn:aws:iam::123456789012:role/dev-load-operator"


@pytest.mark.parametrize("number", [1, 10_000, 999_999])
def test_the_users_of_a_drill_have_names_that_the_services_accept(number: int) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]{2,31}", names.user_id(number))
