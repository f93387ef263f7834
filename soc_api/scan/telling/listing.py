"""What the scan knows, as JSON and as lines: kinds, own patterns, violations."""

from collections.abc import Iterator

from detect.classified.ruleset import Ruleset
from detect.classified.violation import RULES
from situation.content.kind import CLASS_NAMES

Document = dict[str, object]


def rules_document(ruleset: Ruleset) -> Document:
    """Return kinds, the city's own among them, and violations as an object."""
    return {
        "fingerprint": ruleset.fingerprint,
        "kinds": [
            {
                "kind": kind.key,
                "name": {"zh": kind.zh, "en": kind.en},
                "class": {"zh": CLASS_NAMES[kind.klass][0], "en": CLASS_NAMES[kind.klass][1]},
                "grade": kind.grade.name.lower(),
                "sensitive": kind.sensitive,
            }
            for kind in ruleset.kinds.values()
        ],
        "violations": [
            {
                "rule": rule.key,
                "name": {"zh": rule.zh, "en": rule.en},
                "source": {"zh": rule.source_zh, "en": rule.source_en},
            }
            for rule in RULES.values()
        ],
    }


def rules_lines(ruleset: Ruleset) -> Iterator[str]:
    """Yield the same for a person."""
    for kind in ruleset.kinds.values():
        sensitive = ", sensitive" if kind.sensitive else ""
        grade = kind.grade.name.lower().replace("_", " ")
        yield f"{kind.key:<22} {kind.zh} / {kind.en} ({grade}{sensitive})"
    for rule in RULES.values():
        yield f"{rule.key:<22} {rule.zh} / {rule.en}"
    yield f"Ruleset {ruleset.fingerprint}"
