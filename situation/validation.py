"""What a check of a file found, in words that say how to mend it."""

from collections.abc import Mapping

from pydantic import ValidationError

_SENTENCES: Mapping[str, str] = {
    "extra_forbidden": "there is no such setting",
    "missing": "is needed",
}
"""What is said of a fault, by the name that the checking library has for it."""


def sentences(error: ValidationError) -> list[str]:
    """Return one sentence for each fault, the place by dots before it."""
    return [
        f"{'.'.join(map(str, one['loc']))}: {_sentence(one['type'], one['msg'])}"
        for one in error.errors()
    ]


def _sentence(type_: str, message: str) -> str:
    plain = message.removeprefix("Value error, ").replace("Input should", "must")
    return _SENTENCES.get(type_, plain)
