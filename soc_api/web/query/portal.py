"""What a department sees of its notices: one thing to do, four steps, what it sent so far."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.notice.machine import NOTICE
from situation.state.tables import (
    Attachment,
    DataFinding,
    Extension,
    Feedback,
    Notice,
    RectificationItem,
)
from soc_api.web.query.data.portal import FoundLine, found_lines
from soc_api.web.query.form import FormField, form_fields
from soc_api.web.query.incident.grade import names_of
from soc_api.web.query.incident.record import title_of
from soc_api.web.query.scope import Scope
from soc_api.web.text import Text

ROWS_SHOWN = 200
ASKS_FIELDS = ("measures_required", "request")
"""Fields of the form that say what the department is asked to do; the first that is filled."""

_DUE_BY_RECEIPT = frozenset({"issued"})
_DUE_BY_FEEDBACK = frozenset({"signed", "handling", "returned"})
_GLYPHS = {
    "issued": "soon",
    "returned": "soon",
    "signed": "run",
    "handling": "run",
    "answered": "wait",
    "rechecking": "wait",
    "reassigned": "done",
    "revoked": "done",
    "passed": "done",
    "archived": "done",
}
_ORDER = {"returned": 0, "issued": 0, "handling": 1, "signed": 1, "answered": 2, "rechecking": 2}
_RECTIFY, _FEED_BACK = 1, 2
_STEP_OF = {
    "issued": 0,
    "signed": 1,
    "handling": 1,
    "returned": 2,
    "answered": 3,
    "rechecking": 3,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A notice in the list; `state` is its status, or `returned` where more is wanted."""

    row: Notice
    state: str

    @property
    def title(self) -> Text:
        """Title of the notice."""
        return title_of(self.row)

    @property
    def glyph(self) -> str:
        """How its state is drawn."""
        return _GLYPHS[self.state]

    @property
    def due_at(self) -> dt.datetime | None:
        """When the department has to have done something; None where it is not its turn."""
        if self.state in _DUE_BY_RECEIPT:
            return self.row.receipt_due
        return self.row.feedback_due if self.state in _DUE_BY_FEEDBACK else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the four steps of a notice, with when it was done or is due."""

    name: str
    past: bool
    current: bool
    done_at: dt.datetime | None
    due_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One notice with everything that its department sees of it.

    `due_at` is None where it is the city's turn, or nobody's any more. `acts` are what the
    department may do now; `asks` what it is asked to do; `returned` the answer that lacks
    something; `waiting` the files for the answer that is being written.
    """

    row: Notice
    state: str
    title: Text
    due_at: dt.datetime | None
    now: dt.datetime
    acts: tuple[str, ...]
    asks: list[Text]
    steps: list[Step]
    returned: Feedback | None
    rounds: list[Feedback]
    files: list[Attachment]
    extensions: list[Extension]
    items: list[RectificationItem]
    found: list[FoundLine]
    """What the scan found in places of the department, for a notice about that."""
    fields: list[FormField]
    people: Mapping[str, str]
    """Shown names by the names of accounts."""

    def called(self, account: str) -> str:
        """Return the shown name of an account."""
        return self.people.get(account, account)

    @property
    def waits(self) -> bool:
        """Whether it is the city's turn, or nobody's any more."""
        return self.due_at is None

    @property
    def seconds_left(self) -> float | None:
        """Seconds until it is due, negative when over."""
        return (self.due_at - self.now).total_seconds() if self.due_at else None

    @property
    def waiting(self) -> list[Attachment]:
        """Files that were uploaded for the answer that is being written."""
        return [each for each in self.files if each.feedback_id is None]


def lines_of(session: Session, scope: Scope) -> list[Line]:
    """Return the notices of the department: what it has to do first, by time left; newest last."""
    query = scope.notices(sa.select(Notice)).order_by(Notice.issued_at.desc(), Notice.number)
    lines = [Line(row, state_of(row)) for row in session.scalars(query.limit(ROWS_SHOWN))]
    last = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(lines, key=lambda line: (_ORDER.get(line.state, 3), line.due_at or last))


def view_of(session: Session, scope: Scope, notice_id: str, now: dt.datetime) -> View | None:
    """Return one notice of the department; None if there is none by this id, or not its own."""
    row = scope.get(session, Notice, notice_id)
    if row is None:
        return None
    rounds = sorted(scope.parts(session, Feedback, row.id), key=lambda each: -each.round)
    files = scope.parts(session, Attachment, row.id)
    wishes = scope.parts(session, Extension, row.id)
    line, fields = Line(row, state_of(row)), form_fields(row)
    return View(
        row=row,
        state=line.state,
        title=line.title,
        due_at=line.due_at,
        now=now,
        acts=_acts(line, wishes),
        asks=_asks(fields),
        steps=_steps(line, rounds),
        returned=rounds[0] if line.state == "returned" and rounds else None,
        rounds=rounds,
        files=sorted(files, key=lambda each: each.uploaded_at),
        extensions=sorted(wishes, key=lambda each: -each.id),
        items=sorted(scope.parts(session, RectificationItem, row.id), key=lambda i: i.position),
        found=found_lines(session, scope.parts(session, DataFinding, row.id)),
        fields=fields,
        people=_people(session, row, rounds, files, wishes),
    )


def _acts(line: Line, wishes: Sequence[Extension]) -> tuple[str, ...]:
    asking = any(each.state == "asked" for each in wishes)
    more = ("ask_extension",) if line.state in _DUE_BY_FEEDBACK and not asking else ()
    return (*NOTICE.acts(line.row.status), *more)


def _asks(fields: Sequence[FormField]) -> list[Text]:
    filled = {field.key: field.values for field in fields if field.values}
    return next((filled[key] for key in ASKS_FIELDS if key in filled), [])


def _steps(line: Line, rounds: Sequence[Feedback]) -> list[Step]:
    row, place = line.row, _STEP_OF.get(line.state, len(_STEP_OF))
    answered = rounds[0].submitted_at if rounds else None
    checked = next((each.reviewed_at for each in rounds if each.verdict == "passed"), None)
    times = (
        ("sign", row.signed_at, row.receipt_due),
        ("rectify", answered if place > _RECTIFY else None, row.feedback_due),
        ("feedback", answered if place > _FEED_BACK else None, row.feedback_due),
        ("recheck", checked, None),
    )
    return [
        Step(name=name, past=n < place, current=n == place, done_at=done, due_at=due)
        for n, (name, done, due) in enumerate(times)
    ]


def _people(
    session: Session,
    row: Notice,
    rounds: Sequence[Feedback],
    files: Sequence[Attachment],
    wishes: Sequence[Extension],
) -> dict[str, str]:
    names = {row.signed_by or "", *(each.submitted_by for each in rounds)}
    names |= {each.uploaded_by for each in files} | {each.asked_by for each in wishes}
    return names_of(session, names)


def state_of(row: Notice) -> str:
    """Return the status for the department; what was returned and waits for more says so."""
    return "returned" if row.status == "handling" and row.returns else row.status
