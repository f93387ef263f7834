"""Versions of playbooks: written, laid before a second person, published, put out of use.

A run is pinned to its version, so a version that left its draft never changes; the database
refuses it. Of one playbook at most one version is published.
"""

import contextlib
import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.cacao.playbook import Playbook
from playbooks.cacao.reading import read_playbook
from playbooks.execution.checking.below import below_faults
from playbooks.execution.house import House
from playbooks.execution.readiness import faults_of
from playbooks.machine import Machine, Refusal, Transition
from playbooks.person import SYSTEM, Person
from playbooks.revision import as_seen, found
from playbooks.text import typed
from situation.faults import Malformed
from situation.state.columns import JsonObject
from situation.state.store import audit
from situation.state.tables import AuditLine, PlaybookVersion

KIND = "playbook_version"
"""What the audit calls them."""

DRAFT = "draft"
REVIEW = "review"
PUBLISHED = "published"

VERSION = Machine(
    DRAFT,
    ("refused", "retired"),
    (
        Transition("submit", (DRAFT,), REVIEW),
        Transition("publish", (REVIEW,), PUBLISHED),
        Transition("refuse", (REVIEW,), "refused"),
        Transition("retire", (DRAFT, REVIEW, PUBLISHED), "retired"),
    ),
)

REVIEWERS = frozenset({"duty_lead", "administrator"})
"""Roles that may publish what somebody else wrote, and put playbooks out of use."""

_INSTALLING = 0x706C6179
"""Key of the lock that whoever installs the shipped playbooks holds until it is committed."""


def save_draft(
    session: Session, document: JsonObject, *, source: str = "", by: Person, now: dt.datetime
) -> PlaybookVersion:
    """Keep a playbook as a draft: in the place of one's own open draft of it, else as a new one.

    `source` is the YAML form that the document was compiled from. Raise `Malformed` for what is
    no playbook, `Refusal` with code `key_taken` where another playbook has its short name,
    `city_only` for people of departments.
    """
    _refuse_outsiders(by, "")
    playbook = read_playbook(document)
    _refuse_taken_key(session, playbook)
    version = _own_draft(session, playbook, by)
    if version is None:
        version = _new(session, playbook, by=by, now=now)
        session.add(version)
    _fill(version, playbook, source=source, now=now)
    session.flush()
    _note(session, version, "playbook.draft", by=by, now=now, sha256=version.sha256)
    return version


def submit(
    session: Session,
    house: House,
    version_id: int,
    *,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> PlaybookVersion:
    """Lay a draft before a second person; from now on it does not change.

    Raise `Refusal` with code `not_ready` and every fault in the reason where it could not run.
    """
    version = as_seen(session, PlaybookVersion, version_id, expected_version)
    _refuse_outsiders(by, version.key)
    _move(version, "submit")
    _refuse_faulty(session, house, version)
    _note(session, version, "playbook.submit", by=by, now=now, sha256=version.sha256)
    return version


def review(
    session: Session,
    house: House,
    version_id: int,
    *,
    approve: bool,
    remark: str = "",
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> PlaybookVersion:
    """Publish a version, or refuse it, as the second person; an older one is retired.

    Raise `Refusal`: `same_person` for who wrote or submitted it, `role`, `not_ready` where it
    could not run by now, `reason_missing` for a refusal without remark.
    """
    version = as_seen(session, PlaybookVersion, version_id, expected_version)
    after = VERSION.after(version.state, "publish" if approve else "refuse", where=version.key)
    _has_role(by, version)
    if by.name in {version.written_by, _submitter(session, version)}:
        raise Refusal("same_person", "a second person has to review it", where=version.key)
    version.remark = typed(remark, "remark")
    if approve:
        _refuse_faulty(session, house, version)
        _publish(session, version, by=by, now=now)
        return version
    if not version.remark:
        raise Refusal("reason_missing", "it needs a reason", where=version.key)
    version.state, version.reviewed_by, version.reviewed_at = after, by.name, now
    _note(session, version, "playbook.refuse", by=by, now=now, reason=version.remark)
    return version


def retire(
    session: Session,
    version_id: int,
    *,
    reason: str,
    by: Person,
    expected_version: int,
    now: dt.datetime,
) -> PlaybookVersion:
    """Put a version out of use; runs of it go on. Raise `Refusal`: `role`, `reason_missing`.

    Who wrote a draft may throw it away, whatever the role.
    """
    version = as_seen(session, PlaybookVersion, version_id, expected_version)
    if (version.state, version.written_by) != (DRAFT, by.name):
        _has_role(by, version)
    why = typed(reason, "reason")
    if not why:
        raise Refusal("reason_missing", "it needs a reason", where=version.key)
    _move(version, "retire")
    version.remark = why
    _note(session, version, "playbook.retire", by=by, now=now, reason=why)
    return version


def install_shipped(
    session: Session, documents: Mapping[str, tuple[JsonObject, str]], now: dt.datetime
) -> int:
    """Publish the playbooks that come along, as the platform; return how many are new.

    `documents` are document and YAML form by key. One that is there already, in whatever state,
    is left alone. Where the city published a version of its own, or put the playbook out of use,
    the new one lies there as a draft. Harmless to repeat, also by several at once.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_INSTALLING)))
    installed = 0
    for document, source in documents.values():
        playbook = read_playbook(document)
        if not _is_known(session, playbook):
            _install(session, playbook, source=source, now=now)
            installed += 1
    return installed


def published(session: Session, key_or_id: str) -> PlaybookVersion | None:
    """Return the published version of a playbook by its short name or its CACAO id."""
    named = sa.or_(PlaybookVersion.key == key_or_id, PlaybookVersion.playbook_id == key_or_id)
    return session.scalars(
        sa.select(PlaybookVersion).where(named, PlaybookVersion.state == PUBLISHED)
    ).first()


def version_of(session: Session, version_id: int) -> PlaybookVersion:
    """Return a version; raise `Conflict` if there is none."""
    return found(session, PlaybookVersion, version_id)


def faults_in(session: Session, house: House, version: PlaybookVersion) -> list[str]:
    """Return what stands against publishing a version."""

    def knows(playbook_id: str) -> bool:
        return published(session, playbook_id) is not None

    def read(playbook_id: str) -> Playbook | None:
        there = published(session, playbook_id)
        with contextlib.suppress(Malformed):
            return house.playbook(there) if there else None
        return None

    playbook = house.playbook(version)
    own = faults_of(playbook, actions=house.actions, plan=house.plan, knows=knows)
    return [*own, *below_faults(playbook, read)]


def _own_draft(session: Session, playbook: Playbook, by: Person) -> PlaybookVersion | None:
    return session.scalars(
        sa.select(PlaybookVersion)
        .where(
            PlaybookVersion.playbook_id == playbook.id,
            PlaybookVersion.state == DRAFT,
            PlaybookVersion.written_by == by.name,
        )
        .with_for_update()
    ).first()


def _new(session: Session, playbook: Playbook, *, by: Person, now: dt.datetime) -> PlaybookVersion:
    newest = sa.select(sa.func.max(PlaybookVersion.number)).where(
        PlaybookVersion.playbook_id == playbook.id
    )
    return PlaybookVersion(
        playbook_id=playbook.id,
        number=(session.scalar(newest) or 0) + 1,
        state=DRAFT,
        written_by=by.name,
        written_at=now,
    )


def _fill(version: PlaybookVersion, playbook: Playbook, *, source: str, now: dt.datetime) -> None:
    version.key = playbook.key
    version.name_zh, version.name_en = playbook.name.zh, playbook.name.en
    version.document, version.sha256 = playbook.document, playbook.digest
    version.source = source
    version.written_at = now


def _install(session: Session, playbook: Playbook, *, source: str, now: dt.datetime) -> None:
    version = _new(session, playbook, by=SYSTEM, now=now)
    _fill(version, playbook, source=source, now=now)
    session.add(version)
    session.flush()
    _note(session, version, "playbook.install", by=SYSTEM, now=now, sha256=version.sha256)
    if _is_ours(session, playbook):
        _publish(session, version, by=SYSTEM, now=now)


def _is_ours(session: Session, playbook: Playbook) -> bool:
    """Tell whether nobody but the platform ever had a say about a playbook or its short name."""
    current = {published(session, name) for name in (playbook.id, playbook.key)} - {None}
    if current:
        return all(
            one is not None and (one.written_by, one.playbook_id) == (SYSTEM.name, playbook.id)
            for one in current
        )
    before = sa.select(PlaybookVersion.id).where(
        PlaybookVersion.playbook_id == playbook.id, PlaybookVersion.state != DRAFT
    )
    return session.scalars(before.limit(1)).first() is None


def _is_known(session: Session, playbook: Playbook) -> bool:
    known = sa.select(PlaybookVersion.id).where(
        PlaybookVersion.playbook_id == playbook.id,
        PlaybookVersion.sha256 == playbook.digest,
        PlaybookVersion.state != "refused",
    )
    return session.scalars(known.limit(1)).first() is not None


def _publish(session: Session, version: PlaybookVersion, *, by: Person, now: dt.datetime) -> None:
    before = published(session, version.playbook_id)
    if before is not None:
        _move(before, "retire")
        _note(session, before, "playbook.retire", by=by, now=now, successor=version.number)
        # The database lets no two be published, not even for the length of a statement.
        session.flush()
    _refuse_published_key(session, version)
    version.state, version.reviewed_by, version.reviewed_at = PUBLISHED, by.name, now
    session.flush()
    remark = {"remark": version.remark} if version.remark else {}
    _note(session, version, "playbook.publish", by=by, now=now, sha256=version.sha256, **remark)


def _refuse_taken_key(session: Session, playbook: Playbook) -> None:
    taken = sa.select(PlaybookVersion.id).where(
        PlaybookVersion.key == playbook.key,
        PlaybookVersion.playbook_id != playbook.id,
        PlaybookVersion.state.not_in(VERSION.terminal),
    )
    if session.scalars(taken.limit(1)).first() is not None:
        raise Refusal("key_taken", "another playbook has this short name", where=playbook.key)


def _refuse_published_key(session: Session, version: PlaybookVersion) -> None:
    other = published(session, version.key)
    if other is not None:
        raise Refusal("key_taken", "another playbook has this short name", where=version.key)


def _refuse_faulty(session: Session, house: House, version: PlaybookVersion) -> None:
    faults = faults_in(session, house, version)
    if faults:
        raise Refusal("not_ready", "; ".join(faults), where=version.key)


def _refuse_outsiders(by: Person, where: str) -> None:
    if by.role == "department" or by.department is not None:
        raise Refusal("city_only", "only the city's own people do that", where=where)


def _has_role(by: Person, version: PlaybookVersion) -> None:
    if by.role not in REVIEWERS:
        raise Refusal("role", f"a {by.role} may not do that", where=version.key)


def _submitter(session: Session, version: PlaybookVersion) -> str | None:
    return session.scalars(
        sa.select(AuditLine.actor)
        .where(
            AuditLine.object_kind == KIND,
            AuditLine.object_id == str(version.id),
            AuditLine.action == "playbook.submit",
        )
        .order_by(AuditLine.number.desc())
        .limit(1)
    ).first()


def _move(version: PlaybookVersion, act: str) -> None:
    version.state = VERSION.after(version.state, act, where=version.key)


def _note(
    session: Session,
    version: PlaybookVersion,
    action: str,
    *,
    by: Person,
    now: dt.datetime,
    **detail: object,
) -> None:
    said = {"key": version.key, "number": version.number, "role": by.role, **detail}
    audit(session, now, by.name, action, kind=KIND, object_id=str(version.id), **said)
