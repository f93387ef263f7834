"""The proof of the audit: walks the chain, compares it with its anchor, names what was done."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import chain as joined
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.orm import Session

from situation.faults import Malformed
from situation.state.anchor import Anchor, Mark, Marks
from situation.state.breach import AHEAD, Breach, Line, Place, finding_at
from situation.state.chain import START, End, Said, digest_of, read_end
from situation.state.tables import AuditLine

READ_AT_ONCE = 10_000
MOST_BREACHES = 20
"""So many are named; what was done to a chain shows in the first."""

_TIMES: dict[str, sa.ColumnElement[str]] = {
    "sqlite": sa.func.replace(sa.cast(AuditLine.at, sa.Text), " ", "T") + "+00:00",
    "postgresql": sa.func.to_char(
        sa.func.timezone("UTC", AuditLine.at), 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'
    ),
}
"""How each database writes the time of a line as its digest wants it."""
_IN_PARTS = {"yield_per": READ_AT_ONCE, "stream_results": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was found. Lines up to `anchored` are proved from outside the database, too."""

    chain: str
    lines: int
    digest: str
    anchored: int
    anchored_at: str
    breaches: tuple[Breach, ...]

    def document(self) -> dict[str, object]:
        """Return it as JSON values; `holds` says whether nothing was found."""
        return {"holds": not self.breaches, **asdict(self)}


class _Walk:
    """Where a walk stands, and what it found on its way.

    `kept` are the digests of the wanted lines, `behind` is the first line behind the end of the
    chain that is not chained to it.
    """

    def __init__(self, wanted: set[int], ends: int) -> None:
        self.place = Place(0, START)
        self.lines = 0
        self.kept: dict[int, str] = {}
        self.breaches: list[Breach] = []
        self.behind = 0
        self._wanted = wanted
        self._ends = ends

    def go(self, lines: Iterator[Line]) -> None:
        """Walk over all lines; where one does not fit, look around and go on behind it."""
        while True:
            strange = self._go_while_sound(lines)
            if strange is None:
                return
            if strange.said.number + self.place.shift > self._ends > 0:
                self.behind = strange.said.number
                return
            ahead = list(islice(lines, AHEAD))
            finding = finding_at(self.place, strange, ahead)
            self.breaches.append(finding.breach)
            self.place = finding.place
            self.lines += finding.passed
            lines = joined(ahead[finding.passed :], lines)

    def _go_while_sound(self, lines: Iterator[Line]) -> Line | None:
        place, wanted = self.place, self._wanted
        number, digest, shift, explained = place.number, place.digest, place.shift, place.explained
        strange = None
        for line in lines:
            self.lines += 1
            said, stored = line
            at = said.number
            if at in wanted:
                self.kept[at] = stored
            known = digest_of(digest, said._replace(number=at + shift) if shift else said)
            sound = at == number + 1 and known == stored
            if not sound and at > explained and len(self.breaches) < MOST_BREACHES:
                strange = line
                break
            number, digest = at, stored
        self.place = Place(number, digest, shift, explained)
        return strange


def verify(session: Session, anchor: Anchor | None) -> Proof:
    """Walk the whole chain as it is now and compare it with the anchor, if there is one."""
    # The anchor is read first: what is committed meanwhile can only be further on.
    marks, broken = _read_marks(anchor)
    _hold_still(session)
    head = read_end(session.connection())
    walk = _Walk({mark.end.number for mark in _all(marks)}, head.number if head else 0)
    with session.connection().execute(select_lines(session), execution_options=_IN_PARTS) as rows:
        walk.go(Line(Said._make(row[:-1]), row[-1]) for row in rows)
    _compare_head(walk, head)
    if broken:
        walk.breaches.append(broken)
    elif anchor is not None:
        _compare_marks(walk, head, marks)
    good = [mark for mark in _all(marks) if walk.kept.get(mark.end.number) == mark.end.digest]
    newest = max(good, key=lambda mark: mark.end.number, default=None)
    return Proof(
        chain=head.chain if head else "",
        lines=walk.lines,
        digest=walk.place.digest,
        anchored=newest.end.number if newest else 0,
        anchored_at=newest.at if newest else "",
        breaches=tuple(walk.breaches),
    )


def select_lines(session: Session) -> sa.Select[int, str, str, str, str, str, str, str]:
    """Return the query for all lines: what each says, in the order of `Said`, and its digest."""
    return sa.select(
        AuditLine.number,
        _TIMES[session.get_bind().dialect.name],
        AuditLine.actor,
        AuditLine.action,
        AuditLine.object_kind,
        AuditLine.object_id,
        sa.cast(AuditLine.detail, sa.Text),
        AuditLine.digest,
    ).order_by(AuditLine.number)


def disagreement(session: Session, marks: Marks | None) -> str:
    """Return why the newest mark cannot be of this database, empty if it can; asks one line."""
    if marks is None or marks.newest is None:
        return ""
    end, head = marks.newest.end, read_end(session.connection())
    if head is None or head.chain != end.chain:
        return "the anchor is of another database"
    digest = session.scalar(sa.select(AuditLine.digest).where(AuditLine.number == end.number))
    return "" if digest == end.digest else f"line {end.number} is not the one that was anchored"


def _read_marks(anchor: Anchor | None) -> tuple[Marks | None, Breach | None]:
    try:
        return anchor.read() if anchor else None, None
    except Malformed as fault:
        return None, Breach("anchor_broken", 0, str(fault))


def _all(marks: Marks | None) -> list[Mark]:
    if marks is None:
        return []
    return [*marks.checkpoints, *([marks.newest] if marks.newest else [])]


def _hold_still(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _compare_head(walk: _Walk, head: End | None) -> None:
    last = walk.place.number
    true_last, ends = last + walk.place.shift, head.number if head else 0
    if head is None and last:
        found = Breach("head_changed", last, "the row that says where the chain ends is gone")
    elif walk.behind:
        found = Breach("inserted", walk.behind, f"lines stand behind line {ends}, where it ends")
    elif true_last < ends:
        found = Breach(
            "cut_tail", last + 1, f"lines {true_last + 1} to {ends} were cut off the end"
        )
    elif true_last > ends or _is_other(walk, head):
        found = Breach("head_changed", last, "the row that says where the chain ends was changed")
    else:
        return
    walk.breaches.append(found)


def _is_other(walk: _Walk, head: End | None) -> bool:
    return head is not None and not walk.breaches and head.digest != walk.place.digest


def _compare_marks(walk: _Walk, head: End | None, marks: Marks | None) -> None:
    if marks is None or marks.newest is None:
        if walk.lines:
            walk.breaches.append(Breach("anchor_missing", 0, "there is no anchor beside it"))
        return
    end, last = marks.newest.end, walk.place.number
    if head is not None and head.chain != end.chain:
        reason = f"the anchor is of the chain {end.chain}, the database holds {head.chain}"
        walk.breaches.append(Breach("swapped", 0, reason))
    elif not walk.lines and head is None:
        reason = f"line {end.number} was anchored, the database holds none"
        walk.breaches.append(Breach("swapped", 0, reason))
    elif walk.breaches:
        return
    elif last < end.number:
        reason = f"line {end.number} was anchored, the chain ends at {last}: an older copy of the"
        reason += " database, or its tail and its end were cut off"
        walk.breaches.append(Breach("rewound", last + 1, reason))
    else:
        _compare_digests(walk, marks)


def _compare_digests(walk: _Walk, marks: Marks) -> None:
    sound = 0
    for mark in sorted(_all(marks), key=lambda mark: mark.end.number):
        number = mark.end.number
        if walk.kept.get(number) != mark.end.digest:
            reason = f"lines {sound + 1} to {number} hold a line that was changed, and every digest"
            reason += " after it was made anew"
            walk.breaches.append(Breach("rewritten", sound + 1, reason))
            return
        sound = number
