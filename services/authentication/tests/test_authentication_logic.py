"""The rules of names, tokens, sessions and sources."""

from hashlib import sha256

import pytest

from authentication_service import logic
from authentication_service.model import Introspection, RecentSignInRequired, Session, SignUp, User
from lambda_lib import Forbidden

ALICE = User("alice", "$argon2id$alice", "first generation")
SESSION = Session("0" * 64, "alice", "first generation", signed_in_at=1000, expires_at=5000)


def test_a_token_carries_all_its_random_bytes_in_characters_that_a_header_may_hold() -> None:
    token = logic.new_token(bytes(range(224, 256)))

    assert token == "4OHi4-Tl5ufo6err7O3u7_Dx8vP09fb3-Pn6-_z9_v8"
    assert logic.is_token(token)


def test_a_token_of_less_than_256_bits_is_not_made() -> None:
    with pytest.raises(ValueError, match="32 random bytes"):
        logic.new_token(bytes(31))


@pytest.mark.parametrize("text", ["", "A" * 42, "A" * 44, "A" * 42 + "é", "A" * 42 + "=", "A" * 43 + "\n", "user#al"])
def test_what_has_not_the_form_of_a_token_is_none(text: str) -> None:
    assert not logic.is_token(text)


def test_a_session_knows_its_token_by_its_hash_and_lasts_twelve_hours() -> None:
    session = logic.new_session("a-token", ALICE, now=1000.9)

    assert session == Session(
        token_sha256=sha256(b"a-token").hexdigest(),
        user_id="alice",
        generation="first generation",
        signed_in_at=1000,
        expires_at=1000 + 12 * 60 * 60,
    )


@pytest.mark.parametrize(("now", "ended"), [(4999.9, False), (5000.0, True), (5000.1, True)])
def test_a_session_has_ended_from_the_second_of_its_end(now: float, ended: bool) -> None:  # noqa: FBT001
    assert logic.has_ended(SESSION, now=now) is ended


def test_an_active_token_is_known_by_its_user_and_end() -> None:
    assert logic.introspection(SESSION) == Introspection(active=True, user_id="alice", expires_at=5000)


def test_nothing_is_told_of_a_token_that_is_not_active() -> None:
    assert logic.introspection(None) == Introspection(active=False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8::1", "2001:db8:0:ff:ffff:ffff:ffff:ffff"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:DB8::1", "2001:db8::2"),
    ],
)
def test_the_addresses_of_one_subscriber_are_one_source(one: str, other: str) -> None:
    assert logic.source_of(one) == logic.source_of(other)


@pytest.mark.parametrize(
    ("one", "other"), [("192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8:0:100::1"), ("192.0.2.1", "test-invoke")]
)
def test_the_addresses_of_two_are_two(one: str, other: str) -> None:
    assert logic.source_of(one) != logic.source_of(other)


def test_an_address_does_not_stand_in_its_source() -> None:
    assert "192.0.2.1" not in logic.source_of("192.0.2.1")
    assert len(logic.source_of("192.0.2.1")) == len(logic.source_of("")) == 16


def test_the_last_sources_are_remembered_the_latest_first() -> None:
    known: tuple[str, ...] = ()
    for source in "abcdefb":
        known = logic.remembered_sources(source, known)

    assert known == ("b", "f", "e", "d", "c")


def test_users_change_their_own_account_and_no_other() -> None:
    logic.require_self("alice", "alice")

    with pytest.raises(Forbidden):
        logic.require_self("alice", "bob")


def test_a_sign_in_is_recent_for_ten_minutes() -> None:
    logic.require_recent_sign_in(SESSION, now=1600)

    with pytest.raises(RecentSignInRequired):
        logic.require_recent_sign_in(SESSION, now=1600.1)


def test_each_reserved_name_is_one_that_could_be_taken() -> None:
    for name in logic.RESERVED_USER_IDS:
        assert SignUp.model_validate({"username": name, "password": "x" * 12}).username == name
