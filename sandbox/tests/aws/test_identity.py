import pytest

from sandbox.access.identity import Identities, Principal, UnknownRoleError
from sandbox.declaration import Role

ROLE = Role("reader", "arn:aws:iam::123456789012:role/team/reader", {}, ())


def identities():
    return Identities(account_id="123456789012", roles=[ROLE])


def test_each_sandbox_has_administrator_keys_of_its_own():
    one, other = identities().administrator, identities().administrator
    assert one.secret_access_key != other.secret_access_key
    assert one.access_key_id.startswith("AKIA")
    assert len(one.access_key_id) == 20
    assert (one.session_token, one.expires_at) == (None, None)


def test_the_administrator_is_known_by_its_key():
    known = identities()
    credentials, principal = known.find(known.administrator.access_key_id)
    assert credentials is known.administrator
    assert principal.is_administrator


def test_an_unknown_key_is_nobody():
    assert identities().find("AKIAUNKNOWN") is None


def test_the_arn_of_a_session_leaves_out_the_path_of_its_role():
    known = identities()
    session = known.assume(ROLE.arn, "ops", now=1000.0, duration_s=900)
    _, principal = known.find(session.access_key_id)
    assert principal.arn == "arn:aws:sts::123456789012:assumed-role/reader/ops"
    assert principal.role_arn == ROLE.arn
    assert not principal.is_administrator
    assert session.expires_at == 1900.0


def test_a_role_that_is_not_declared_cannot_be_assumed():
    with pytest.raises(UnknownRoleError, match="no plan declares the role arn:aws:iam::123456789012:role/nobody"):
        identities().assume("arn:aws:iam::123456789012:role/nobody", "ops", now=0.0)


def test_roles_can_be_added_later():
    known = Identities(account_id="123456789012")
    known.add_roles([ROLE])
    assert known.role(ROLE.arn) is ROLE


def test_expired_sessions_are_remembered_for_an_hour_and_then_forgotten():
    known = identities()
    first = known.assume(ROLE.arn, "ops", now=0.0, duration_s=900)
    known.assume(ROLE.arn, "ops", now=4000.0)
    assert known.find(first.access_key_id) is not None
    known.assume(ROLE.arn, "ops", now=4501.0)
    assert known.find(first.access_key_id) is None


def test_a_service_is_a_principal_without_account():
    service = Principal.of_service("lambda.amazonaws.com")
    assert (service.service, service.account_id, service.is_administrator) == ("lambda.amazonaws.com", "", False)
