"""What may be a username, a password, a token."""

import pytest
from pydantic import ValidationError

from authentication_service.model import Introspect, PasswordChange, SignIn, SignUp

PASSWORD = "correct horse battery"


@pytest.mark.parametrize(
    ("username", "user_id"),
    [
        ("alice", "alice"),
        ("ALICE", "alice"),
        ("Bob-the_2nd", "bob-the_2nd"),
        ("\N{FULLWIDTH LATIN SMALL LETTER A}lice", "alice"),
        ("ali\N{MATHEMATICAL BOLD SMALL C}e", "alice"),
        ("\N{KELVIN SIGN}arl", "karl"),
        ("\N{LATIN SMALL LIGATURE FI}ona", "fiona"),
        ("stra\N{LATIN SMALL LETTER SHARP S}e", "strasse"),
        ("a" * 32, "a" * 32),
    ],
)
def test_all_spellings_of_a_username_are_one_user(username: str, user_id: str) -> None:
    assert SignUp.model_validate({"username": username, "password": PASSWORD}).username == user_id
    assert SignIn.model_validate({"username": username, "password": PASSWORD}).username == user_id


@pytest.mark.parametrize(
    "username",
    [
        *("", "al", "a" * 33, "-alice", "_alice", "al ice", "alice\n", "alice#bob", "älice", 7, None),
        *("\N{CYRILLIC SMALL LETTER A}lice", "ali\N{ZERO WIDTH SPACE}ce", "\N{RIGHT-TO-LEFT OVERRIDE}alice", "a\0bc"),
        "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 1000,
    ],
    ids=lambda username: ascii(username)[:40],
)
def test_a_username_that_could_not_be_a_user_id_is_refused(username: object) -> None:
    with pytest.raises(ValidationError):
        SignUp.model_validate({"username": username, "password": PASSWORD})


@pytest.mark.parametrize("length", [12, 128])
def test_a_password_of_12_to_128_characters_is_accepted(length: int) -> None:
    body = SignUp.model_validate({"username": "alice", "password": "é" * length})

    assert body.password.get_secret_value() == "é" * length


@pytest.mark.parametrize("password", ["x" * 11, "x" * 129, "\ud800" * 12, 123456789012, None], ids=repr)
def test_any_other_password_is_refused(password: object) -> None:
    with pytest.raises(ValidationError):
        SignUp.model_validate({"username": "alice", "password": password})


def test_a_password_shorter_than_todays_minimum_may_be_tried_at_sign_in() -> None:
    assert SignIn.model_validate({"username": "alice", "password": "x"}).password.get_secret_value() == "x"


def test_a_body_does_not_show_its_secrets() -> None:
    bodies = [
        SignUp.model_validate({"username": "alice", "password": PASSWORD}),
        SignIn.model_validate({"username": "alice", "password": PASSWORD}),
        PasswordChange.model_validate({"current_password": PASSWORD, "new_password": PASSWORD}),
        Introspect.model_validate({"token": PASSWORD}),
    ]

    assert PASSWORD not in f"{bodies} {[str(body) for body in bodies]}"
