"""Typed variables: CACAO 2.0, section 10.18, with a few types of ours, and their substitution.

A value is kept as CACAO text, whatever its type. It gets into parameters by typed substitution
alone: what stands for a variable is its value and is never read again.
"""

import ipaddress
import json
import math
import re
import unicodedata
import uuid
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from playbooks.cacao.playbook import Variable
from situation.faults import Malformed
from situation.state.columns import JsonObject

LONGEST = 65_536
"""Characters of a value as text."""
DEEPEST = 32
"""Levels of a list or a dictionary, and of parameters."""

REFERENCE = re.compile(r"__([a-zA-Z_][a-zA-Z0-9_-]{0,199}?)__:value")
"""A variable in a text, CACAO 2.0, section 10.18.1."""

_LONG = 2**63
_DIGITS = 19
_KEPT = "\n\t\r"
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_LONGEST_NAME = 253
_SPECIAL = re.compile(r"[\s<>\"{}|\\^`]")


def full_name(name: str) -> str:
    """Return a name as CACAO writes it: `source` and `__source__` are both `__source__`."""
    if len(name) > len("____") and name.startswith("__") and name.endswith("__"):
        return name
    return f"__{name}__"


def short_name(name: str) -> str:
    """Return a name as people write it, without the underscores of CACAO."""
    return name[2:-2] if full_name(name) == name else name


def typed(type_name: str, text: str) -> object:
    """Return a value as Python has it; raise `Malformed` for a text that is none of the type.

    bool, int, float, list and dict come for their types, else a text in its usual form: an
    address is shortened, a domain name is in small letters. A type that is not in `TYPES` is
    taken as a text.
    """
    if len(text) > LONGEST:
        raise Malformed(f"has more than {LONGEST} characters", where=type_name)
    if any(sign not in _KEPT and unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
        raise Malformed("has a control character", where=type_name)
    try:
        return TYPES.get(type_name, str)(text)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"{text[:80]!r} is no {type_name}", where=type_name) from error


def text_of(type_name: str, value: object) -> str:
    """Return a Python value as CACAO text; raise `Malformed` if it does not fit the type."""
    if isinstance(value, str) and type_name not in _JSON_TYPES:
        text = value
    elif isinstance(value, _PYTHON_TYPES.get(type_name, ())) and _is_exact(type_name, value):
        text = _as_json(type_name, value)
    else:
        raise Malformed(f"{type(value).__name__} is no {type_name}", where=type_name)
    typed(type_name, text)
    return text


def filled(parameters: JsonObject, variables: Mapping[str, Variable]) -> JsonObject:
    """Return parameters with the values of `variables`, which are known by their full names.

    `__name__:value` may stand anywhere in a text. A text that is nothing else becomes the typed
    value of a bool, a number, a list or a dictionary. Raise `Malformed`, with the place, for a
    variable that is unknown or has no value.
    """
    return {key: _filled(value, variables, key, DEEPEST) for key, value in parameters.items()}


def references(value: object) -> frozenset[str]:
    """Return the full names of the variables that stand in parameters."""
    if isinstance(value, str):
        return frozenset(full_name(name) for name in REFERENCE.findall(value))
    return frozenset().union(*(references(part) for part in _inside(value)))


def is_deeper(value: object, levels: int) -> bool:
    """Tell whether a JSON value has lists and objects inside one another beyond `levels`."""
    parts = [value]
    for _ in range(levels):
        parts = [inner for part in parts for inner in _inside(part)]
        if not parts:
            return False
    return any(isinstance(part, list | dict) for part in parts)


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _filled(value: object, variables: Mapping[str, Variable], where: str, levels: int) -> object:
    if levels == 0:
        raise Malformed(f"is deeper than {DEEPEST} levels", where=where)
    if isinstance(value, str):
        return _substituted(value, variables, where)
    if isinstance(value, list):
        return [
            _filled(part, variables, f"{where}.{number}", levels - 1)
            for number, part in enumerate(value)
        ]
    if isinstance(value, dict):
        return {
            key: _filled(part, variables, f"{where}.{key}", levels - 1)
            for key, part in value.items()
        }
    return value


def _substituted(text: str, variables: Mapping[str, Variable], where: str) -> object:
    whole = REFERENCE.fullmatch(text)
    if whole:
        variable, value = _known(whole[1], variables, where)
        return typed(variable.type, value) if variable.type in _PYTHON_TYPES else value
    result = REFERENCE.sub(lambda found: _known(found[1], variables, where)[1], text)
    if len(result) > LONGEST:
        raise Malformed(f"has more than {LONGEST} characters", where=where)
    return result


def _known(name: str, variables: Mapping[str, Variable], where: str) -> tuple[Variable, str]:
    variable = variables.get(full_name(name))
    if variable is None:
        raise Malformed(f"there is no variable {name}", where=where)
    if variable.value is None:
        raise Malformed(f"variable {name} has no value", where=where)
    return variable, variable.value


def _is_exact(type_name: str, value: object) -> bool:
    return isinstance(value, bool) == (type_name == "bool")


def _as_json(type_name: str, value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise Malformed(f"is no {type_name}: {error}", where=type_name) from error


def _bool(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _integer(text: str) -> int:
    if not re.fullmatch(rf"[+-]?[0-9]{{1,{_DIGITS}}}", text) or abs(int(text)) >= _LONG:
        raise ValueError(text)
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if "_" in text or not math.isfinite(number):
        raise ValueError(text)
    return number


def _list(text: str) -> list[object]:
    read = _json(text)
    if not isinstance(read, list):
        raise ValueError(text)  # noqa: TRY004 - the type is what the text says
    return read


def _dictionary(text: str) -> dict[str, object]:
    read = _json(text)
    if not isinstance(read, dict):
        raise ValueError(text)  # noqa: TRY004 - the type is what the text says
    return read


def _json(text: str) -> object:
    read = json.loads(text, parse_constant=_refuse, parse_float=_float)
    if is_deeper(read, DEEPEST):
        raise ValueError(text)
    return read


def _refuse(text: str) -> object:
    raise ValueError(text)


def _hex(*lengths: int) -> Callable[[str], str]:
    """Return a check of hexadecimal texts of one of these lengths; any even one for none."""

    def check(text: str) -> str:
        fits = len(text) in lengths if lengths else len(text) % 2 == 0
        if not fits or not re.fullmatch(r"[0-9a-fA-F]+", text):
            raise ValueError(text)
        return text.lower()

    return check


def _address(*versions: int) -> Callable[[str], str]:
    """Return a check of addresses and networks of these versions of IP."""

    def check(text: str) -> str:
        read = ipaddress.ip_network(text) if "/" in text else ipaddress.ip_address(text)
        if read.version not in versions or "%" in text:
            raise ValueError(text)
        return str(read)

    return check


def _mac(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}", text):
        raise ValueError(text)
    return text.lower()


def _domain(text: str) -> str:
    name = text.removesuffix(".").lower()
    if not name or len(name) > _LONGEST_NAME:
        raise ValueError(text)
    if not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise ValueError(text)
    return name


def _uri(text: str) -> str:
    if not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:.", text) or _SPECIAL.search(text):
        raise ValueError(text)
    return text


def _uuid(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text):
        raise ValueError(text)
    return str(uuid.UUID(text))


TYPES: Mapping[str, Callable[[str], object]] = MappingProxyType(
    {
        "bool": _bool,
        "dictionary": _dictionary,
        "domain-name": _domain,
        "float": _float,
        "hash": _hex(32, 40, 56, 64, 96, 128),
        "hexstring": _hex(),
        "integer": _integer,
        "ip-addr": _address(4, 6),
        "ipv4-addr": _address(4),
        "ipv6-addr": _address(6),
        "list": _list,
        "long": _integer,
        "mac-addr": _mac,
        "md5-hash": _hex(32),
        "sha256-hash": _hex(64),
        "string": str,
        "uri": _uri,
        "uuid": _uuid,
    }
)
"""How a text of each type is read; ip-addr, domain-name and list are ours."""

_PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "bool": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "list": (list, tuple),
    "dictionary": (dict,),
}
_JSON_TYPES = frozenset(("list", "dictionary"))
