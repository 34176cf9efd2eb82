"""The rules of signing up and in."""

from hashlib import sha256
from typing import Literal

import pytest
from argon2 import PasswordHasher

from authentication_service import logic
from authentication_service.model import Introspection, Session

PASSWORD = "correct horse battery"
SALT = bytes(16)


class CountingHasher(PasswordHasher):
    """The real hasher, which counts what it is asked to verify."""

    verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002  the base's name
        self.verified += 1
        return super().verify(hash, password)


class AgreeableHasher(PasswordHasher):
    """Takes every password for the right one."""

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002, ARG002  the base's names
        return True


def test_a_password_is_hashed_by_argon2id_with_19_mib_two_passes_and_one_lane() -> None:
    stored = logic.hash_password(PASSWORD, salt=SALT, hasher=logic.password_hasher())

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_two_salts_make_two_hashes_of_one_password() -> None:
    hasher = logic.password_hasher()

    assert logic.hash_password(PASSWORD, salt=SALT, hasher=hasher) != logic.hash_password(
        PASSWORD, salt=b"\1" * 16, hasher=hasher
    )


def test_a_password_matches_its_own_hash_only() -> None:
    hasher = logic.password_hasher()
    stored = logic.hash_password(PASSWORD, salt=SALT, hasher=hasher)

    assert logic.password_matches(PASSWORD, stored, hasher=hasher)
    assert not logic.password_matches(PASSWORD.upper(), stored, hasher=hasher)


def test_a_password_matches_however_its_characters_are_composed() -> None:
    hasher = logic.password_hasher()
    stored = logic.hash_password("Z\u00fcrich Z\u00fcrich", salt=SALT, hasher=hasher)

    assert logic.password_matches("Zu\u0308rich Zu\u0308rich", stored, hasher=hasher)


def test_a_known_and_an_unknown_user_cost_one_verification_each() -> None:
    known, unknown = CountingHasher(), CountingHasher()
    stored = logic.hash_password(PASSWORD, salt=SALT, hasher=logic.password_hasher())

    assert not logic.password_matches("wrong", stored, hasher=known)
    assert not logic.password_matches("wrong", None, hasher=unknown)

    assert (known.verified, unknown.verified) == (1, 1)


def test_an_unknown_user_is_refused_even_with_the_password_of_nobodys_hash() -> None:
    assert not logic.password_matches(PASSWORD, None, hasher=AgreeableHasher())


def test_a_verification_for_an_unknown_user_costs_what_one_for_a_known_user_does() -> None:
    assert not logic.password_hasher().check_needs_rehash(logic.NOBODYS_HASH)


def test_a_token_carries_all_its_random_bytes_in_characters_that_a_header_may_hold() -> None:
    token = logic.new_token(bytes(range(224, 256)))

    assert token == "4OHi4-Tl5ufo6err7O3u7_Dx8vP09fb3-Pn6-_z9_v8"


def test_a_token_of_less_than_256_bits_is_not_made() -> None:
    with pytest.raises(ValueError, match="32 random bytes"):
        logic.new_token(bytes(31))


def test_a_session_knows_its_token_by_its_hash_and_lasts_twelve_hours() -> None:
    session = logic.new_session("a-token", "alice", now=1000.9)

    assert session == Session(
        token_sha256=sha256(b"a-token").hexdigest(), user_id="alice", expires_at=1000 + 12 * 60 * 60
    )


@pytest.mark.parametrize(("now", "active"), [(999.9, True), (1000.0, False), (1000.1, False)])
def test_a_session_is_active_until_the_second_of_its_end(now: float, active: bool) -> None:  # noqa: FBT001
    session = Session(token_sha256="0" * 64, user_id="alice", expires_at=1000)

    assert logic.introspection(session, now=now).active is active


def test_an_active_token_is_known_by_its_user_and_end() -> None:
    session = Session(token_sha256="0" * 64, user_id="alice", expires_at=1000)

    assert logic.introspection(session, now=0) == Introspection(active=True, user_id="alice", expires_at=1000)


def test_nothing_is_told_of_a_token_that_is_not_active() -> None:
    ended = Session(token_sha256="0" * 64, user_id="alice", expires_at=1000)

    assert logic.introspection(ended, now=1000) == logic.introspection(None, now=1000) == Introspection(active=False)
