"""Guards of findings: who may decide about one, beside what the state machine says."""

from playbooks.machine import Refusal
from playbooks.person import Person
from playbooks.text import typed
from situation.state.tables import DataFinding

SECRECY_OFFICER = "secrecy_officer"


def of_city(by: Person, where: str) -> None:
    """Refuse a person of a department, and the platform itself."""
    if by.role == "department" or by.department is not None:
        raise Refusal("city_only", "only the city's own people do that", where=where)
    if by.role == "system":
        raise Refusal("person_needed", "a person has to do that", where=where)


def may_see(finding: DataFinding, by: Person) -> None:
    """Refuse whoever is not the secrecy officer where a finding is about a mark of secrecy."""
    if finding.restricted and by.role != SECRECY_OFFICER:
        raise Refusal("secrecy_only", "the secrecy officer decides about it", where=finding.id)


def unrestricted(finding: DataFinding) -> None:
    """Refuse a finding about a mark of secrecy: it goes another way."""
    if finding.restricted:
        raise Refusal("restricted", "it is about a mark of secrecy", where=finding.id)


def a_mark(finding: DataFinding) -> None:
    """Refuse a finding that is about no mark of secrecy."""
    if not finding.restricted:
        raise Refusal("not_a_mark", "it is about no mark of secrecy", where=finding.id)


def reason_of(reason: str, where: str) -> str:
    """Return the reason as it is kept; refuse a missing one, `Malformed` for a wrong one."""
    plain = typed(reason, "reason")
    if not plain:
        raise Refusal("reason_missing", "it needs a reason", where=where)
    return plain
