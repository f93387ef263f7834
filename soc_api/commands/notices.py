"""`citywatch notice`: from a draft to the archive."""

import datetime as dt
import json
import pathlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from situation.clock import CITY_ZONE
from situation.faults import Malformed
from soc_api.commands.acting import AsOption, DrillOption, acting
from soc_api.commands.options import ConfigOption, DataOption, JsonOption, settings_of
from soc_api.terminal import say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from playbooks.person import Person
    from situation.settings import Settings
    from situation.state.tables import Notice, RectificationItem
    from soc_api.wiring import City

app = typer.Typer(no_args_is_help=True, help="Notices: from a draft to the archive.")

NoticeArgument = Annotated[str, typer.Argument(metavar="NOTICE", help="Number or id.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it stands in the audit.")]


@app.command("list")
def list_command(
    *,
    status: Annotated[str, typer.Option("--status", help="One state, for example issued.")] = "",
    department: Annotated[str, typer.Option("--department", help="Full name.")] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Overdue ones alone.")] = False,
    drill: DrillOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List notices, the newest first.

    Example: citywatch notice list --overdue --json
    """
    import sqlalchemy as sa

    from situation.state.tables import Notice
    from soc_api.web.query.scope import within
    from soc_api.wiring import open_city

    query = sa.select(Notice).where(within(Notice.drill_id, drill))
    query = query.where(Notice.status == status) if status else query
    query = query.where(Notice.department == department) if department else query
    query = query.where(Notice.overdue_at.is_not(None)) if overdue else query
    with open_city(settings_of(config, data=data)) as city, city.state.reading() as session:
        rows = session.scalars(query.order_by(Notice.created_at.desc(), Notice.number)).all()
    if as_json:
        say(json.dumps([_document(row) for row in rows], ensure_ascii=False, indent=2))
        return
    for row in rows:
        late = "  OVERDUE" if row.overdue_at and row.closed_at is None else ""
        say(f"{row.number}  {row.status:<10} {row.department}  {row.title_zh}{late}")
    if not rows:
        say("There is no such notice.")


@app.command("draft")
def draft_command(
    file: Annotated[
        pathlib.Path,
        typer.Argument(
            metavar="DRAFT.json",
            help="kind, department, title, level, hazard_level, incident, fields, items.",
        ),
    ],
    *,
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draft a notice by hand; `citywatch plan show form_fields` lists the fields of each kind.

    Example: citywatch notice draft hazard.json --as chen
    """
    from playbooks.notice.drafting import draft_by_hand
    from soc_api.notice_file import read_draft

    read = read_draft(file)

    def write(session: "Session", city: "City", person: "Person") -> "Notice":
        return draft_by_hand(
            session,
            city.plan,
            kind=read.kind,
            department=read.department,
            title_zh=read.title,
            title_en=read.title_en or read.title,
            fields=read.fields,
            level=read.level,
            hazard_level=read.hazard_level,
            incident_id=read.incident,
            items=read.items,
            drill_id=None,
            by=person,
            now=city.clock.now(),
        )

    _do(settings_of(config, data=data), name, "draft_notice", write, as_json=as_json)


@app.command("propose")
def propose_command(
    notice: NoticeArgument,
    *,
    level: Annotated[int, typer.Option("--level", min=1, max=4, help="Level, 1 gravest.")],
    hazard_level: Annotated[
        str | None, typer.Option("--hazard", help="low, medium, high or critical.")
    ] = None,
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge a draft and lay it before who signs it off.

    Example: citywatch notice propose 示网隐通〔2026〕第003号 --level 4 --hazard high --as chen
    """
    from playbooks.notice import acts

    def write(session: "Session", city: "City", person: "Person") -> "Notice":
        row, now = found_notice(session, notice), city.clock.now()
        steps: dict[str, Callable[[], Notice]] = {
            "draft": lambda: acts.submit(
                session, city.plan, row.id, by=person, expected_version=row.version, now=now
            ),
            "triage": lambda: acts.judge(
                session,
                city.plan,
                row.id,
                level=level,
                hazard_level=hazard_level,
                by=person,
                expected_version=row.version,
                now=now,
            ),
            "graded": lambda: acts.propose(
                session, city.plan, row.id, by=person, expected_version=row.version, now=now
            ),
        }
        while row.status in steps:
            row = steps[row.status]()
            session.flush()
        return row

    _do(settings_of(config, data=data), name, "draft_notice", write, as_json=as_json)


@app.command("issue")
def issue_command(
    notice: NoticeArgument,
    *,
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Issue a notice that waits for sign-off, as a second person.

    Example: citywatch notice issue 示网应通〔2026〕第001号 --as wang
    """
    _act(settings_of(config, data=data), notice, "issue", name, "sign_off", as_json=as_json)


@app.command("sign")
def sign_command(
    notice: NoticeArgument,
    *,
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sign for a notice as a user of its department (签收).

    Example: citywatch notice sign 示网应通〔2026〕第001号 --as liu
    """
    _act(settings_of(config, data=data), notice, "sign", name, "portal", as_json=as_json)


@app.command("feedback")
def feedback_command(
    notice: NoticeArgument,
    answer_file: Annotated[
        pathlib.Path,
        typer.Argument(
            metavar="ANSWER.json",
            help="truth, measures, residual, responsible, phone, and cause, result if known.",
        ),
    ],
    *,
    attach: Annotated[
        list[pathlib.Path] | None, typer.Option("--attach", help="A file as proof; may repeat.")
    ] = None,
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a notice as a user of its department.

    Example: citywatch notice feedback 示网应通〔2026〕第001号 answer.json --attach a.pdf --as liu
    """
    from playbooks.notice.attachments import attach as keep
    from playbooks.notice.feedback import answer
    from soc_api.notice_file import read_answer

    given = read_answer(answer_file)

    def write(session: "Session", city: "City", person: "Person") -> "Notice":
        row, now = found_notice(session, notice), city.clock.now()
        for path in attach or []:
            content = _content(path)
            keep(
                session,
                row.id,
                name=path.name,
                media_type="",
                content=content,
                by=person,
                now=now,
            )
        session.flush()
        answer(session, city.plan, row.id, given, by=person, expected_version=row.version, now=now)
        return row

    _do(settings_of(config, data=data), name, "portal", write, as_json=as_json)


@app.command("item")
def item_command(
    notice: NoticeArgument,
    position: Annotated[int, typer.Argument(metavar="N", min=1, help="Its place in the list.")],
    act: Annotated[str, typer.Argument(metavar="ACT", help="submit, retest, fix or fail.")],
    *,
    remark: Annotated[str, typer.Option("--remark", help="What was done or found.")] = "",
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that one thing is rectified (submit), or what its retest found.

    Example: citywatch notice item 示网隐通〔2026〕第001号 1 submit --as liu
    """
    from playbooks.notice.items import set_item

    def write(session: "Session", city: "City", person: "Person") -> "Notice":
        row = found_notice(session, notice)
        item = _item(session, row, position)
        set_item(
            session,
            item.id,
            act=act,
            remark=remark,
            by=person,
            expected_version=item.version,
            now=city.clock.now(),
        )
        return row

    right = "portal" if act == "submit" else "review"
    _do(settings_of(config, data=data), name, right, write, as_json=as_json)


@app.command("pass")
def pass_command(
    notice: NoticeArgument,
    *,
    opinion: Annotated[str, typer.Option("--opinion", help="What was found.")] = "",
    method: Annotated[str, typer.Option("--method", help="retest, on_site or papers.")] = "papers",
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Pass the recheck of an answer.

    Example: citywatch notice pass 示网应通〔2026〕第001号 --method retest --as chen
    """
    review = _reviewing(notice, "passed", method, opinion)
    _do(settings_of(config, data=data), name, "review", review, as_json=as_json)


@app.command("return")
def return_command(
    notice: NoticeArgument,
    *,
    opinion: Annotated[str, typer.Option("--opinion", help="What is to be added.")],
    due: Annotated[
        str, typer.Option("--due", help="New deadline, 2026-03-20T18:00; else the plan's.")
    ] = "",
    method: Annotated[str, typer.Option("--method", help="retest, on_site or papers.")] = "papers",
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Return an answer for what it lacks.

    Example: citywatch notice return 示网应通〔2026〕第001号 --opinion 缺少复测截图 --as chen
    """
    review = _reviewing(notice, "failed", method, opinion, due)
    _do(settings_of(config, data=data), name, "review", review, as_json=as_json)


@app.command("archive")
def archive_command(
    notice: NoticeArgument,
    *,
    name: AsOption,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """File a notice away whose recheck has passed.

    Example: citywatch notice archive 示网应通〔2026〕第001号 --as chen
    """
    _act(settings_of(config, data=data), notice, "archive", name, "review", as_json=as_json)


def found_notice(session: "Session", wanted: str) -> "Notice":
    """Return a notice by number or id; raise `Malformed` where there is none."""
    import sqlalchemy as sa

    from situation.state.tables import Notice

    named = sa.or_(Notice.id == wanted, Notice.number == wanted)
    row = session.scalar(sa.select(Notice).where(named))
    if row is None:
        raise Malformed("there is no such notice", where=wanted)
    return row


def _item(session: "Session", notice: "Notice", position: int) -> "RectificationItem":
    import sqlalchemy as sa

    from situation.state.tables import RectificationItem

    items = sa.select(RectificationItem).where(RectificationItem.notice_id == notice.id)
    rows = session.scalars(items.order_by(RectificationItem.position)).all()
    if position > len(rows):
        raise Malformed(f"it has {len(rows)} items", where=f"{notice.number} {position}")
    return rows[position - 1]


def _act(
    settings: "Settings", notice: str, act: str, name: str, right: str, *, as_json: bool
) -> None:
    from playbooks.notice import acts

    def write(session: "Session", city: "City", person: "Person") -> "Notice":
        row = found_notice(session, notice)
        done: Notice = getattr(acts, act)(
            session,
            city.plan,
            row.id,
            by=person,
            expected_version=row.version,
            now=city.clock.now(),
        )
        return done

    _do(settings, name, right, write, as_json=as_json)


def _reviewing(
    notice: str, verdict: str, method: str, opinion: str, due: str = ""
) -> Callable[["Session", "City", "Person"], "Notice"]:
    from playbooks.notice import acts
    from playbooks.notice.feedback import review

    def write(session: "Session", city: "City", person: "Person") -> "Notice":
        row, now = found_notice(session, notice), city.clock.now()
        if row.status == "answered":
            row = acts.recheck(
                session, city.plan, row.id, by=person, expected_version=row.version, now=now
            )
            session.flush()
        review(
            session,
            city.plan,
            row.id,
            verdict=verdict,
            method=method,
            opinion=opinion,
            feedback_due=None if verdict == "passed" else _new_due(city, row, due, now),
            by=person,
            expected_version=row.version,
            now=now,
        )
        return row

    return write


def _new_due(city: "City", row: "Notice", given: str, now: dt.datetime) -> dt.datetime:
    from playbooks.notice.deadline import deadlines

    if not given:
        return deadlines(city.plan, row.level, row.hazard_level, now).feedback_due
    try:
        at = dt.datetime.fromisoformat(given)
    except ValueError as error:
        raise Malformed("is no time like 2026-03-20T18:00", where="--due") from error
    return at if at.tzinfo else at.replace(tzinfo=CITY_ZONE)


def _do(
    settings: "Settings",
    name: str,
    right: str,
    write: Callable[["Session", "City", "Person"], "Notice"],
    *,
    as_json: bool,
) -> None:
    from soc_api.permission import Permission
    from soc_api.wiring import open_city

    with open_city(settings) as city:
        person = acting(city, name, Permission(right))
        with city.state.transaction() as session:
            row = write(session, city, person)
    if as_json:
        say(json.dumps(_document(row), ensure_ascii=False, indent=2))
        return
    for line in _lines(row):
        say(line)


def _lines(row: "Notice") -> Iterator[str]:
    yield f"Notice    {row.number}, {row.status}"
    yield f"To        {row.department}"
    if row.issued_at:
        yield f"Sign by   {row.receipt_due.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}"
        yield f"Answer by {row.feedback_due.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}"


def _document(row: "Notice") -> dict[str, object]:
    times = ("receipt_due", "feedback_due", "issued_at", "signed_at", "answered_at", "closed_at")
    found = {key: getattr(row, key) for key in times}
    return {
        "id": row.id,
        "number": row.number,
        "kind": row.kind,
        "status": row.status,
        "department": row.department,
        "level": row.level,
        "hazard_level": row.hazard_level,
        "title": {"zh": row.title_zh, "en": row.title_en},
        "incident": row.incident_id,
        "drill": row.drill_id,
        "returns": row.returns,
        "overdue": row.overdue_at is not None,
        "supervised": row.supervised_at is not None,
        "fields": row.fields,
        "version": row.version,
    } | {key: at.isoformat() if at else None for key, at in found.items()}


def _content(path: pathlib.Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Malformed(f"cannot be read: {error.strerror}", where=str(path)) from error
