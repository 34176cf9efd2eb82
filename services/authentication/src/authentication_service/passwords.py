"""Passwords: which may be chosen, how they are stored and checked. Salts are arguments."""

import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from lambda_lib.errors import FieldError, InvalidRequest

SALT_BYTES = 16
"""Random bytes of a password's salt (RFC 9106, section 3.1)."""

NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$FRqyCdQLyRFZT0JBMsvaIA$pM9hIgPbLyP6i6wx2y4JuHLpFiJqKPodm3Kpr4GlHcc"
"""The hash of a discarded random password, of `password_hasher`: an unknown user's password is held against it."""

MIN_CHARACTERS_BESIDE_USERNAME = 8
"""What a password needs to have once its user's name is taken out of it."""

MIN_DISTINCT_CHARACTERS = 5
"""So that no password is one key, or a few, over and over again."""


def password_hasher() -> PasswordHasher:
    """Returns argon2id with 19 MiB, two passes and one lane, the OWASP minimum.

    https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
    """
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, salt_len=SALT_BYTES)


def hash_password(password: str, *, salt: bytes, hasher: PasswordHasher) -> str:
    """Returns the hash to store for a password."""
    return hasher.hash(_normalised(password), salt=salt)


def password_matches(password: str, stored_hash: str | None, *, hasher: PasswordHasher) -> bool:
    """Tells whether a password is the one whose hash is stored.

    A user who is not known (`stored_hash` is None) costs the same one verification as one who is, so that the time of
    an answer does not tell which usernames exist.
    """
    try:
        hasher.verify(NOBODYS_HASH if stored_hash is None else stored_hash, _normalised(password))
    except VerifyMismatchError:
        return False
    return stored_hash is not None


def require_strength(password: str, *, user_id: str, member: str) -> None:
    """Refuses a password that others would try first (NIST SP 800-63B, section 5.1.1.2).

    Args:
        password: The password to be set.
        user_id: Whose it is to be.
        member: Where it stands in the request's body.

    Raises:
        InvalidRequest: It is among the most common ones, is little more than the username, or repeats few characters.
    """
    folded = unicodedata.normalize("NFKC", password).casefold()
    if folded in _denied():
        fault = "is among the most common passwords"
    elif len(folded.replace(user_id, "")) < MIN_CHARACTERS_BESIDE_USERNAME:
        fault = "is little more than the username"
    elif len(set(folded)) < MIN_DISTINCT_CHARACTERS:
        fault = "repeats too few characters"
    else:
        return
    raise InvalidRequest(errors=[FieldError(f"body.{member}", f"The password {fault}: choose another one")])


@cache
def _denied() -> frozenset[str]:
    """The most common passwords that are long enough to be chosen, in lower case.

    `denied_passwords.txt` has those of 12 or more ASCII characters out of the 30,000 that zxcvbn knows and the 20,000
    that Django's CommonPasswordValidator does. It is read when a password is first chosen, not while Lambda starts.
    """
    return frozenset(Path(__file__).with_name("denied_passwords.txt").read_text(encoding="utf-8").split())


def _normalised(password: str) -> str:
    """Returns a password in the form in which all keyboards agree on a composed character (RFC 8265, section 4.2.2)."""
    return unicodedata.normalize("NFC", password)
