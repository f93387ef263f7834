"""Small playbooks written for a test, the house that they run in, and the people around it."""

import datetime as dt

from playbooks.action.catalogue import ACTIONS
from playbooks.cacao.form import compile_form
from playbooks.execution.house import House
from playbooks.execution.versions import install_shipped, published
from playbooks.person import Person
from situation.state.columns import JsonObject
from situation.state.store import StateStore
from situation.state.tables import PlaybookVersion
from tests.playbooks.incident.case import PLAN
from tests.playbooks.intrusion import ASSETS, NOW

HOUSE = House(plan=PLAN, assets=ASSETS, actions=ACTIONS)

WRITER = Person("lin", "analyst")
LEAD = Person("wang", "duty_lead")
SECOND = Person("zhao", "duty_lead")
ADMINISTRATOR = Person("admin", "administrator")

_TASK = """
  - step: ask
    name: {zh: 人工核实, en: Check by hand}
    action: manual_task
    with: {title_zh: 请核实, title_en: Please check}
"""
_SUPPRESS = """
  - step: hide
    name: {zh: 抑制告警, en: Hide the alerts}
    action: suppress
    with: {host: "203.0.113.77", detector: scan, reason: 已知扫描}
"""


def written(
    key: str = "look-into-it",
    *,
    triggers: str = "",
    variables: str = "",
    steps: str = _TASK,
    more: str = "",
    version: int = 1,
) -> JsonObject:
    """Return the document of a playbook; the texts are lines of its form.

    By default its one step is a task for people; `more` are further lines of the last step.
    """
    parts = [
        f"key: {key}\nversion: {version}\ndated: 2026-03-01",
        f"name: {{zh: 剧本{key}, en: Playbook {key}}}",
        "about: {zh: 测试, en: for a test}\ntypes: [investigation]",
        f"triggers:\n  - {triggers}" if triggers else "",
        f"variables:\n  {variables}" if variables else "",
        f"steps:{steps}{more}",
    ]
    return compile_form("\n".join(part for part in parts if part))


def containing(key: str = "hide-it", *, more: str = "", triggers: str = "") -> JsonObject:
    """Return a playbook whose one step contains, so that people have to agree to it."""
    return written(key, steps=_SUPPRESS, more=more, triggers=triggers)


def installed(
    state: StateStore, *documents: JsonObject, now: dt.datetime = NOW
) -> list[PlaybookVersion]:
    """Publish playbooks as the platform does, and return their versions."""
    by_key = {str(document["id"]): (document, "") for document in documents}
    with state.transaction() as session:
        install_shipped(session, by_key, now)
    with state.reading() as session:
        return [found for key in by_key if (found := published(session, key)) is not None]
