"""Passwords: which are good enough, how they are kept, how one is drawn."""

import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from situation.faults import Malformed

LEAST_LENGTH = 10
"""GB/T 22239-2019 8.1.4.1 a asks for complex passwords; length is what makes them so."""
PASSWORD_LIMIT = 256

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 4, 5
_AT_ONCE = 4
_HASHER = PasswordHasher()
# Each hash takes its memory by design; a flood of logins must not take the machine's.
_TURN = threading.BoundedSemaphore(_AT_ONCE)
# What a password is compared with where there is no such account, so that both cases take
# the same time.
NOBODY = _HASHER.hash(secrets.token_urlsafe(16))


def check_password(name: str, password: str) -> None:
    """Raise `Malformed` for a password that is too short, too long, or the account's name."""
    if not LEAST_LENGTH <= len(password) <= PASSWORD_LIMIT:
        raise Malformed(
            f"it must have {LEAST_LENGTH} to {PASSWORD_LIMIT} characters", where="password"
        )
    if password.casefold() == name.casefold():
        raise Malformed("it must not be the account's name", where="password")


def hashed(password: str) -> str:
    """Return what is kept of a password: Argon2id with the parameters of today."""
    with _TURN:
        return _HASHER.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Tell whether this is the password of the hash."""
    try:
        with _TURN:
            return _HASHER.verify(password_hash, password[:PASSWORD_LIMIT])
    except (VerifyMismatchError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Tell whether a hash was made with other parameters than those of today."""
    return _HASHER.check_needs_rehash(password_hash)


def new_password() -> str:
    """Draw a password that can be read out and typed, of about 100 bits."""
    groups = (
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
    )
    return "-".join(groups)
