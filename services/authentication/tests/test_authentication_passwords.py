"""Which passwords may be chosen, and how they are stored and checked."""

from pathlib import Path
from typing import Any, Literal

import pytest
from argon2 import PasswordHasher

from authentication_service import passwords
from lambda_lib import InvalidRequest

PASSWORD = "correct horse battery"
SALT = bytes(16)


class AgreeableHasher(PasswordHasher):
    """Takes every password for the right one."""

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002, ARG002  the base's names
        return True


def test_a_password_is_hashed_by_argon2id_with_19_mib_two_passes_and_one_lane() -> None:
    stored = passwords.hash_password(PASSWORD, salt=SALT, hasher=passwords.password_hasher())

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_two_salts_make_two_hashes_of_one_password() -> None:
    hasher = passwords.password_hasher()

    assert passwords.hash_password(PASSWORD, salt=SALT, hasher=hasher) != passwords.hash_password(
        PASSWORD, salt=b"\1" * 16, hasher=hasher
    )


def test_a_password_matches_its_own_hash_only() -> None:
    hasher = passwords.password_hasher()
    stored = passwords.hash_password(PASSWORD, salt=SALT, hasher=hasher)

    assert passwords.password_matches(PASSWORD, stored, hasher=hasher)
    assert not passwords.password_matches(PASSWORD.upper(), stored, hasher=hasher)


def test_a_password_matches_however_its_characters_are_composed() -> None:
    hasher = passwords.password_hasher()
    stored = passwords.hash_password("Z\u00fcrich Z\u00fcrich", salt=SALT, hasher=hasher)

    assert passwords.password_matches("Zu\u0308rich Zu\u0308rich", stored, hasher=hasher)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_known_and_an_unknown_user_cost_one_verification_each(is_known: bool, hasher: Any) -> None:  # noqa: FBT001
    stored = passwords.hash_password(PASSWORD, salt=SALT, hasher=hasher) if is_known else None

    assert not passwords.password_matches("wrong", stored, hasher=hasher)

    assert hasher.verified == 1


def test_an_unknown_user_is_refused_even_with_the_password_of_nobodys_hash() -> None:
    assert not passwords.password_matches(PASSWORD, None, hasher=AgreeableHasher())


def test_a_verification_for_an_unknown_user_costs_what_one_for_a_known_user_does() -> None:
    assert not passwords.password_hasher().check_needs_rehash(passwords.NOBODYS_HASH)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("1q2w3e4r5t6y", "most common"),
        ("JustinBieber", "most common"),
        ("\N{FULLWIDTH LATIN SMALL LETTER J}ustinbieber", "most common"),
        ("alice-in-wonderland", "the username"),
        ("Alice-in-WonderlandALICE-IN-WONDERLAND1234567", "the username"),
        ("aaaaaaaaaaaa", "few characters"),
        ("abcdabcdabcdABCD", "few characters"),
        (" " * 128, "few characters"),
    ],
)
def test_a_password_that_others_would_try_first_is_refused(password: str, fault: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        passwords.require_strength(password, user_id="alice-in-wonderland", member="password")

    [error] = caught.value.errors
    assert error.location == "body.password"
    assert fault in error.message
    assert password not in error.message


@pytest.mark.parametrize("password", [PASSWORD, "alice-in-wonderland12345678", "Zürich\u2603 8001 ", "é" * 9 + "1234"])
def test_any_other_password_may_be_chosen(password: str) -> None:
    passwords.require_strength(password, user_id="alice-in-wonderland", member="password")


def test_each_denied_password_is_one_that_could_be_chosen_and_stands_there_as_it_is_compared() -> None:
    lines = Path(passwords.__file__).with_name("denied_passwords.txt").read_text(encoding="utf-8").splitlines()

    assert len(lines) > 300
    assert lines == sorted(set(lines))
    assert all(len(line) >= 12 and line == line.casefold() and line.isascii() and " " not in line for line in lines)
