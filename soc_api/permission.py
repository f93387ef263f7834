"""What a role may do: one table, asked by every route and every page."""

from enum import StrEnum

from situation.state.tables import Account


class Permission(StrEnum):
    """A right that a route asks for."""

    OWN_ACCOUNT = "own_account"
    """Log out, own language, theme, password and logins: everybody who is logged in."""
    VIEW_DESK = "view_desk"
    TRIAGE = "triage"
    GRADE = "grade"
    APPROVE_GRADE = "approve_grade"
    REPORT = "report"
    DRAFT_NOTICE = "draft_notice"
    SIGN_OFF = "sign_off"
    REVIEW = "review"
    DECIDE_EXTENSION = "decide_extension"
    SUPERVISE = "supervise"
    WARN = "warn"
    CLOSE = "close"
    VIEW_PLAN = "view_plan"
    VIEW_STATISTICS = "view_statistics"
    VIEW_OUTBOX = "view_outbox"
    REDRIVE = "redrive"
    RUN_PLAYBOOK = "run_playbook"
    """Start and stop runs, take back what they did, resolve what is unsure."""
    APPROVE_ACTION = "approve_action"
    WRITE_PLAYBOOK = "write_playbook"
    PUBLISH_PLAYBOOK = "publish_playbook"
    """Review what somebody else wrote, and put playbooks out of use."""
    MANAGE_JOBS = "manage_jobs"
    VIEW_DATA = "view_data"
    """The data map, the findings of the scan and its runs; a mark of secrecy as a count alone."""
    MANAGE_SCANS = "manage_scans"
    """Start and stop scans, keep the catalogue, decide on findings, send rectifications."""
    VIEW_SECRECY = "view_secrecy"
    """What the secrecy officer alone sees: where a mark of secrecy was found, and its level."""
    DECIDE_SECRECY = "decide_secrecy"
    """Say what a mark of secrecy is: confirmed, a false alarm, declassified."""
    VIEW_AUDIT = "view_audit"
    MANAGE_ACCOUNTS = "manage_accounts"
    PORTAL = "portal"
    """The pages of a department: its own notices, and nothing else."""


P = Permission
DEPARTMENT = "department"
ADMINISTRATOR = "administrator"

_READS = frozenset({P.OWN_ACCOUNT, P.VIEW_DESK, P.VIEW_PLAN, P.VIEW_STATISTICS})
_WORKS = _READS | {P.TRIAGE, P.GRADE, P.REPORT, P.DRAFT_NOTICE, P.RUN_PLAYBOOK, P.WRITE_PLAYBOOK}
_DECIDES = {P.APPROVE_GRADE, P.SIGN_OFF, P.REVIEW, P.DECIDE_EXTENSION, P.APPROVE_ACTION}
_STEERS = {P.SUPERVISE, P.WARN, P.CLOSE, P.REDRIVE, P.PUBLISH_PLAYBOOK, P.MANAGE_JOBS}
_LEADS = _WORKS | _DECIDES | _STEERS | {P.VIEW_OUTBOX, P.VIEW_DATA}

ROLES: dict[str, frozenset[Permission]] = {
    "analyst": _WORKS | {P.REVIEW, P.VIEW_DATA},
    "duty_lead": _LEADS,
    DEPARTMENT: frozenset({P.OWN_ACCOUNT, P.PORTAL}),
    "data_officer": _WORKS | {P.REVIEW, P.VIEW_DATA, P.MANAGE_SCANS},
    "secrecy_officer": _READS | {P.VIEW_DATA, P.VIEW_SECRECY, P.DECIDE_SECRECY},
    "drill_director": _READS | {P.VIEW_OUTBOX},
    "auditor": _READS | {P.VIEW_OUTBOX, P.VIEW_AUDIT, P.VIEW_DATA},
    "viewer": _READS,
    ADMINISTRATOR: frozenset(P) - {P.PORTAL, P.VIEW_SECRECY, P.DECIDE_SECRECY},
}
"""Rights by role. A small site has one person, so the administrator may do all of the desk's
work; where the plan wants a second person, the guards still ask for one. Marks of secrecy are
for the secrecy officer (保密员) and nobody else."""


def may(account: Account, permission: Permission) -> bool:
    """Tell whether the role of this account has the right; an unknown role has none."""
    return account.ended_at is None and permission in ROLES.get(account.role, frozenset())


def home_of(account: Account) -> str:
    """Return the path of the page that this account begins with."""
    return "/portal" if may(account, P.PORTAL) else "/"
