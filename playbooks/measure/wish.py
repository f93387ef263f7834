"""A wish to keep something out for a time: what people read of it, what carries it out."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from playbooks.action.action import Outcome, Scene
from playbooks.action.intent import Change, Intent
from playbooks.cacao.playbook import Words
from playbooks.measure.difference import diff_of
from playbooks.measure.entry import Entry, entries_at, united
from playbooks.measure.ledger import MEASURE_OPEN, lift, points_for, want
from playbooks.measure.witness import LOOK_BACK
from playbooks.person import Person
from situation.clock import CITY_ZONE
from situation.faults import Malformed
from situation.state.columns import JsonObject
from situation.state.tables import Measure

_MOST_NAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be kept out, where and for how long. `points` empty: wherever it can be."""

    kind: str
    target: str
    hours: int
    points: Sequence[str]
    reason: str

    def at(self, scene: Scene) -> tuple[str, ...]:
        """Return the points; raise `Malformed` for one that cannot hold it, or where none can."""
        able = points_for(scene, self.kind)
        for name in self.points:
            if name not in able:
                raise Malformed(f"no point {name!r} can hold {self.kind}", where="points")
        if not able:
            raise Malformed(f"there is no point that can hold {self.kind}", where="points")
        return tuple(sorted(set(self.points))) or able

    def until(self, now: dt.datetime) -> dt.datetime:
        """Return when it ends if it begins now."""
        return now + dt.timedelta(hours=self.hours)


def intended(
    scene: Scene, wish: Wish, *, command: str, what: Words, hosts: Sequence[str]
) -> Intent:
    """Return what people read before they agree; nothing is written."""
    return Intent(
        command=f"{command} at {','.join(wish.at(scene))} for {wish.hours} h",
        what=what,
        how_long=_how_long(wish, scene.now),
        undo=_undo(scene, wish),
        touches=_touches(hosts),
        changes=tuple(_changes(scene, wish)),
        unknown=("measure", "until"),
    )


def carried_out(scene: Scene, wish: Wish) -> Outcome:
    """Write the measure; the step waits until every point holds it."""
    until = wish.until(scene.now)
    measure = want(
        scene.session,
        scene,
        kind=wish.kind,
        target=wish.target,
        points=wish.at(scene) if not scene.drill_id else (),
        until=until,
        reason=wish.reason,
    )
    end = measure.until or until
    return Outcome(
        outputs={"measure": measure.id, "until": end.isoformat()},
        undo={"measure": measure.id},
        awaits=("measure", measure.id),
        until=end,
        told=Words(
            f"已下令拦截 {measure.target}，至 {_zh(end)}",
            f"{measure.target} is to be kept out until {_en(end)}",
        ),
    )


def taken_back(scene: Scene, undo: JsonObject) -> Outcome:
    """Lift the measure; the step waits until every point has let go."""
    by = Person(scene.started_by, "system")
    measure = lift(scene.session, str(undo["measure"]), by=by, now=scene.now)
    return Outcome(
        awaits=("measure", measure.id),
        told=Words(f"已解除对 {measure.target} 的拦截", f"{measure.target} is let in again"),
    )


def _how_long(wish: Wish, now: dt.datetime) -> Words:
    end = wish.until(now)
    return Words(
        f"{wish.hours} 小时；若现在执行，{_zh(end)} 自动解除",
        f"{wish.hours} h; if it begins now, it ends by itself at {_en(end)}",
    )


def _undo(scene: Scene, wish: Wish) -> Words:
    others = _others(scene.session, wish)
    words = Words(
        "删除同一条目，各处恢复原样；撤销记录随执行保存，可提前由人解除",
        "the same entry is taken out and each point is as it was; people can do so sooner",
    )
    if not others:
        return words
    return Words(
        f"{words.zh}。另有 {others} 项措施拦截同一目标，最后一项解除前仍然有效",
        f"{words.en}. {others} other measures want the same target: it stays until the last ends",
    )


def _others(session: Session, wish: Wish) -> int:
    same = (Measure.kind == wish.kind, Measure.target == wish.target)
    wanted = sa.select(sa.func.count()).select_from(Measure).where(*same)
    real = wanted.where(Measure.state.in_(MEASURE_OPEN), Measure.drill_id.is_(None))
    return session.scalar(real) or 0


def _touches(hosts: Sequence[str]) -> Words:
    days = LOOK_BACK.days
    if not hosts:
        return Words(
            f"近 {days} 天没有告警涉及它（只查告警，不查全部流量）",
            f"no alert of the last {days} days names it (alerts alone, not all traffic)",
        )
    more = len(hosts) - _MOST_NAMES
    names = list(hosts[:_MOST_NAMES])
    return Words(
        f"近 {days} 天的告警中 {'、'.join(names)}{f' 等 {len(hosts)} 台' if more > 0 else ''}"
        "与它有往来（只查告警，不查全部流量）",
        f"in the alerts of the last {days} days {', '.join(names)}"
        f"{f' and {more} more' if more > 0 else ''} had to do with it (alerts alone, not all "
        "traffic)",
    )


def _changes(scene: Scene, wish: Wish) -> list[Change]:
    one = Entry(wish.kind, wish.target, scene.now, wish.until(scene.now))
    return [_change(scene, name, one) for name in wish.at(scene)]


def _change(scene: Scene, name: str, one: Entry) -> Change:
    now = entries_at(scene.session, name)
    return diff_of(name, scene.points[name], now, united((*now, one)))


def _zh(at: dt.datetime) -> str:
    local = at.astimezone(CITY_ZONE)
    return f"{local.month} 月 {local.day} 日 {local:%H:%M}"


def _en(at: dt.datetime) -> str:
    return f"{at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}"
