import datetime as dt

import pytest

from playbooks.plan import load_plan
from situation.state.tables import Account
from soc_api.permission import ADMINISTRATOR, DEPARTMENT, ROLES, Permission, home_of, may
from soc_api.web.word import WORDS

CHANGES = frozenset(Permission) - {
    Permission.OWN_ACCOUNT,
    Permission.VIEW_DESK,
    Permission.VIEW_PLAN,
    Permission.VIEW_STATISTICS,
    Permission.VIEW_OUTBOX,
    Permission.VIEW_AUDIT,
    Permission.VIEW_DATA,
    Permission.VIEW_SECRECY,
    Permission.PORTAL,
}
SECRECY = {Permission.VIEW_SECRECY, Permission.DECIDE_SECRECY}


def _account(role: str, *, ended: dt.datetime | None = None) -> Account:
    return Account(name="chen", role=role, department=None, ended_at=ended)


def test_a_department_has_its_pages_and_its_account_and_nothing_else() -> None:
    assert ROLES[DEPARTMENT] == {Permission.PORTAL, Permission.OWN_ACCOUNT}
    assert [role for role, rights in ROLES.items() if Permission.PORTAL in rights] == [DEPARTMENT]


@pytest.mark.parametrize("role", ["auditor", "viewer", "drill_director"])
def test_who_only_looks_changes_nothing(role: str) -> None:
    assert not ROLES[role] & CHANGES


def test_the_administrator_may_do_all_of_the_desk() -> None:
    assert ROLES[ADMINISTRATOR] == frozenset(Permission) - {Permission.PORTAL} - SECRECY


def test_marks_of_secrecy_are_the_secrecy_officer_s_alone() -> None:
    assert [role for role, rights in ROLES.items() if rights & SECRECY] == ["secrecy_officer"]
    assert ROLES["secrecy_officer"] >= SECRECY


def test_whoever_the_plan_asks_for_approval_may_give_it() -> None:
    asked = {role for rule in load_plan().approval_rules for role in rule.roles}
    assert asked == {role for role, rights in ROLES.items() if Permission.APPROVE_ACTION in rights}


def test_only_the_lead_signs_off_beside_the_administrator() -> None:
    for right in (Permission.SIGN_OFF, Permission.APPROVE_GRADE, Permission.WARN):
        holders = {role for role, rights in ROLES.items() if right in rights}
        assert holders == {"duty_lead", ADMINISTRATOR}


@pytest.mark.parametrize("right", Permission)
def test_an_account_without_a_known_role_or_that_ended_may_nothing(right: Permission) -> None:
    now = dt.datetime(2026, 3, 17, tzinfo=dt.UTC)
    assert not may(_account("operator"), right)
    assert not may(_account(ADMINISTRATOR, ended=now), right)


def test_everybody_begins_on_the_own_pages() -> None:
    homes = {role: home_of(_account(role)) for role in ROLES}
    assert homes.pop(DEPARTMENT) == "/portal"
    assert set(homes.values()) == {"/"}


def test_every_right_and_every_role_has_a_name() -> None:
    named = {f"permission_{right}" for right in Permission} | {f"role_{role}" for role in ROLES}
    assert named <= WORDS.keys()
