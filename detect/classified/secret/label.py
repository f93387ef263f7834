"""Names of settings and words of people behind which a secret stands, and of which kind it is."""

import re
from functools import lru_cache
from typing import Final

from detect.classified.secret.noise import bits
from detect.classified.secret.words import WORDS

HAN_PASSWORDS: Final = ("密码", "口令", "授权码", "暗号")
HAN_TOKENS: Final = ("密钥", "秘钥", "令牌")
"""Words of people for passwords, and for keys and tokens."""

_ENDS: Final = ("password", "passwd")

_SPLIT: Final = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ACCESS_KEY: Final = re.compile("[A-Z0-9]{20}")
_SECRET_KEYS: Final = frozenset({("secret", "key"), ("sk",)})
_CLOUD_SIZES: Final = range(28, 45)
_MORE_THAN_HEX: Final = 4.0


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in any spelling: db_password, dbPassword, db.password2."""
    return tuple(word.lower() for word in _SPLIT.split(name.rstrip("0123456789")) if word)


def kind_of(name: str, value: str) -> str:
    """Return the kind that a value behind a name is; empty where the name promises none."""
    if name.endswith(HAN_PASSWORDS):
        return "password"
    if name.endswith(HAN_TOKENS):
        return "token"
    words = words_of(name)
    return _kind_of(words, value) if words else ""


@lru_cache(maxsize=4096)
def may_hold(name: str, kind: str) -> bool:
    """Tell whether a value behind a name may be of a kind, whatever it is."""
    return any(kind_of(name, value) == kind for value in _ANY)


_ANY: Final = ("", "ABCDEFGHJKLMNPQRST23", "abcdefghijklmnopqrstuvwxyzABCDEF23456789")
"""Values of the shapes on which the kind depends."""


def _kind_of(words: tuple[str, ...], value: str) -> str:
    last = words[-1]
    if last in WORDS["password"] or last.endswith(_ENDS) or _is_short(words):
        return "password"
    if _is_cloud(words, value):
        return "cloud_key"
    if "public" in words:
        return ""
    keyed = last == "key" and len(words) > 1 and words[-2] in WORDS["token_key"]
    return "token" if keyed or last in WORDS["token"] else ""


def _is_short(words: tuple[str, ...]) -> bool:
    """Tell whether db_pass or the like; OAuth is none."""
    return words[-1] in WORDS["short_password"] and len(words) > 1 and len(words[-2]) > 1


def _is_cloud(words: tuple[str, ...], value: str) -> bool:
    if any("".join(words[-count:]) in WORDS["cloud_name"] for count in (1, 2, 3)):
        return True
    if words[-1] in WORDS["cloud_key"] and not WORDS["cloud"].isdisjoint(words[:-1]):
        return True
    if words == ("ak",):
        return _ACCESS_KEY.fullmatch(value) is not None
    return words[-2:] in _SECRET_KEYS and _looks_of_cloud(value)


def _looks_of_cloud(value: str) -> bool:
    mixed = value.isalnum() and value.lower() != value != value.upper()
    return mixed and len(value) in _CLOUD_SIZES and bits(value) > _MORE_THAN_HEX
