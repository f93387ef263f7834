"""Which types of values fit which variables, and an example of each type."""

from collections.abc import Mapping

from playbooks.cacao.playbook import Playbook, Variable

_WIDER: Mapping[str, frozenset[str]] = {
    "integer": frozenset(("long", "float")),
    "long": frozenset(("integer", "float")),
    "ipv4-addr": frozenset(("ip-addr",)),
    "ipv6-addr": frozenset(("ip-addr",)),
    "md5-hash": frozenset(("hash", "hexstring")),
    "sha256-hash": frozenset(("hash", "hexstring")),
    "hash": frozenset(("hexstring",)),
}
_TEXT = "string"

_EXAMPLES: Mapping[str, str] = {
    "bool": "true",
    "dictionary": "{}",
    "domain-name": "example.org",
    "float": "1.0",
    "hash": "d41d8cd98f00b204e9800998ecf8427e",
    "hexstring": "00",
    "integer": "1",
    "ip-addr": "198.51.100.23",
    "ipv4-addr": "198.51.100.23",
    "ipv6-addr": "2001:db8::23",
    "list": "[]",
    "long": "1",
    "mac-addr": "02:00:00:00:00:01",
    "md5-hash": "d41d8cd98f00b204e9800998ecf8427e",
    "sha256-hash": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "uri": "https://example.org/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def fits(value_type: str, variable_type: str) -> bool:
    """Tell whether a value of one type may be one of the other; a text may turn out to be any."""
    if _TEXT in (value_type, variable_type) or value_type == variable_type:
        return True
    return variable_type in _WIDER.get(value_type, frozenset())


def examples(playbook: Playbook) -> dict[str, Variable]:
    """Return the variables of a playbook, each with its own value or one of its type."""
    return {name: _example(variable) for name, variable in playbook.variables.items()}


def _example(variable: Variable) -> Variable:
    if variable.value is not None:
        return variable
    value = _EXAMPLES.get(variable.type, "text")
    return Variable(variable.name, variable.type, value, variable.constant, variable.external)
