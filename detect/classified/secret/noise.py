"""What only looks like a secret: placeholders, code, words, digests."""

import math
import re
from collections import Counter
from typing import Final

from detect.classified.secret.words import WORDS

_TEMPLATE: Final = re.compile(
    r"\$\{|\$\(|\{\{|\}\}|#\{|%\(|%[A-Z_]{2,}%|@@|@\{|^<.*>?$|^\$[A-Za-z_]|^\{\w+(?:[!:.\[][^}]*)?\}?$|^\[.*\]$|"
    r"%[sdfrv](?:\W|$)|^:\w+$|^\?$|\.\.\.|…",
)
"""Something that is filled in elsewhere."""

_PROTECTED: Final = re.compile(
    r"^(?:ENC\(|\{(?:cipher|bcrypt|noop|aes|ssha|sha|md5|pbkdf2|scrypt|argon2)|"
    r"\$(?:2[abxy]|1|5|6|apr1|argon2\w*|y)\$|vault:|!vault|secretref:|arn:)",
    re.IGNORECASE,
)
"""Something that is encrypted or hashed already, or that names a vault."""

_EXAMPLE: Final = re.compile(
    r"example|change[_-]?(?:me|it|this)|placeholder|redacted|dummy|x{5,}|y{5,}|\*\*\*|0{8}|1{8}|"
    r"your[_-]|replace[_-]?(?:me|this|with)|123456789abc|abcdef0123|0123456789",
    re.IGNORECASE,
)
"""Words and rows by which the examples of manuals say that they are none."""

_MADE_UP: Final = re.compile(
    r"^sample|[_-]here$|^insert[_-]|^fill[_-]?in|^put[_-]|^(?:todo|fixme|tbd|fake)\b|to[_-]be[_-]|"
    r"not[_-]?(?:set|real|needed|required|used)|lorem|xxxx|^your\w{0,12}(?:password|secret|token|key)|"
    r"^(?:(?:my|the|some|new|old|user|test|demo|db|app|api|client|auth)[_-]?)*"
    r"(?:password|passwd|passphrase|pwd|secret|token|key)[_-]?\d?$",
    re.IGNORECASE,
)
"""More of them, for values without a shape of their own."""

_PATH: Final = re.compile(r"^(?:\.{0,2}/|~/|[A-Za-z]:[\\/]|file:|https?://)[\w.\-/\\:~?=&%]*$")
_DOTTED: Final = re.compile(r"^[A-Za-z_$][\w$]*(?:(?:\.|->|::)[A-Za-z_$][\w$]*)+(?:[(\[].*)?;?$")
_CALL: Final = re.compile(r"^(?:[(\[]|[!&*]?[A-Za-z_$][\w$]*[(\[])")
_SNAKE: Final = re.compile(r"^_?[a-z]+(?:_[a-z]+)+$")
_UPPER_NAME: Final = re.compile(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$")
_STANDARD: Final = re.compile(r"^(?:GB|GM|GA|ISO|RFC|YD|JR)(?:/[TZ]|[ \-]?\d{3,})")
_FIGURES: Final = re.compile(r"^(?:[x*!]:\d+:|\d{1,3}[-~]\d{1,3}$)")
"""A line of /etc/passwd, whose password lies elsewhere, and from-to."""
_HEX: Final = re.compile(r"^[0-9a-fA-F]+$")

_FEW: Final = 2
_LEAST_BITS: Final = 3.2
_LEAST_HEX_BITS: Final = 2.7
_MOST_OF_PATH: Final = 4.3
"""Bits a character: keys and tokens have more than words, and base64 more than paths."""


def bits(value: str) -> float:
    """Return the entropy of a value in bits a character (Shannon 1948)."""
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values()) if size else 0.0


def is_example(value: str) -> bool:
    """Tell whether a key of the right shape is one of a manual, or of one sign again and again."""
    return _EXAMPLE.search(value) is not None or len(set(value)) <= _FEW


def is_made_up(value: str) -> bool:
    """Tell whether a value is a placeholder, a template, encrypted, or an example of a manual."""
    return (
        _TEMPLATE.search(value) is not None
        or _PROTECTED.match(value) is not None
        or _MADE_UP.search(value) is not None
        or is_example(value)
        or value.casefold() in WORDS["noise"]
    )


def is_code(value: str) -> bool:
    """Tell whether a value without quotes is an expression of a program, a path or a standard."""
    if _PATH.match(value) and bits(value) < _MOST_OF_PATH:
        return True
    return any(
        pattern.match(value)
        for pattern in (_DOTTED, _CALL, _SNAKE, _UPPER_NAME, _STANDARD, _FIGURES)
    )


def is_random(value: str) -> bool:
    """Tell whether a value has as much entropy as keys and tokens have."""
    return bits(value) >= (_LEAST_HEX_BITS if _HEX.match(value) else _LEAST_BITS)
