"""`citywatch scan list|findings|show|report`: targets, runs and what they found."""

import datetime as dt
import json
import pathlib
from typing import TYPE_CHECKING, Annotated

import typer

from soc_api.commands.acting import acting
from soc_api.commands.options import ConfigOption, DataOption, JsonOption, settings_of
from soc_api.commands.scan.out_file import written_whole
from soc_api.terminal import complain, say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from playbooks.document.block import Language
    from situation.state.tables import DataFinding
    from soc_api.wiring import City

app = typer.Typer()

DepartmentOption = Annotated[
    str, typer.Option("--department", help="Full name of a department; else the whole city.")
]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many.")]
RUNS = 20
REPORT_DAYS = 30


@app.command("list")
def list_command(
    *,
    limit: LimitOption = RUNS,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the targets of the settings and the newest runs, with how far each is.

    Example: citywatch scan list --json
    """
    from soc_api.scan.telling.describing import runs_document, runs_lines
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city, city.state.reading() as session:
        now = city.clock.now()
        if as_json:
            told = runs_document(session, city.settings, now, limit=limit)
            say(json.dumps(told, ensure_ascii=False, indent=2))
            return
        for line in runs_lines(session, city.settings, now, limit=limit):
            say(line)


@app.command("findings")
def findings_command(
    *,
    department: DepartmentOption = "",
    rule: Annotated[str, typer.Option("--rule", help="V01 to V12.")] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="Those that are closed or decided as well.")
    ] = False,
    limit: LimitOption = 200,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the findings that are not put right, the gravest first.

    Those about a mark of secrecy are counted alone: the secrecy officer opens them.

    Example: citywatch scan findings --rule V05
    """
    from playbooks.finding.listing import FindingFilter, count, findings
    from soc_api.scan.telling.describing import finding_document, finding_line
    from soc_api.wiring import open_city

    one = FindingFilter(departments=(department,) if department else (), rules=_rules(rule))
    wanted = FindingFilter(states=(), departments=one.departments, rules=one.rules)
    chosen = wanted if everything else one
    with open_city(settings_of(config, data=data)) as city, city.state.reading() as session:
        page = findings(session, chosen, limit=limit)
        marks = count(session, FindingFilter(departments=one.departments, restricted=True))
    if as_json:
        told = [finding_document(row) for row in page.rows]
        say(json.dumps({"findings": told, "restricted": marks}, ensure_ascii=False, indent=2))
        return
    for row in page.rows:
        say(finding_line(row))
    if page.after is not None:
        complain(f"more than {limit} findings; see --limit")
    say(f"Marks of secrecy: {marks}, for the secrecy officer")


def _rules(rule: str) -> tuple[str, ...]:
    from playbooks.finding.rule import RULES
    from situation.faults import Malformed

    if not rule:
        return ()
    if rule.upper() not in RULES:
        raise Malformed(f"there is no rule {rule}; known are {', '.join(RULES)}", where="--rule")
    return (rule.upper(),)


@app.command("show")
def show_command(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Of a run or of a finding.")],
    *,
    name: Annotated[
        str | None,
        typer.Option("--as", help="Account of the secrecy officer, for a mark of secrecy."),
    ] = None,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one run, or one finding with its kinds, counts, places and masks.

    Example: citywatch scan show 3f0a91c2d4e5b677
    """
    from soc_api.scan.telling.describing import lines_of_document
    from soc_api.wiring import open_city

    with open_city(settings_of(config, data=data)) as city:
        told = _found(city, id_, name)
    if as_json:
        say(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for line in lines_of_document(told):
        say(line)


def _found(city: "City", id_: str, name: str | None) -> dict[str, object]:
    from situation.faults import Malformed
    from situation.state.tables import DataFinding, ScanRun
    from soc_api.permission import Permission
    from soc_api.scan.telling.describing import finding_detail, run_document

    with city.state.reading() as session:
        run = session.get(ScanRun, id_)
        if run is not None:
            return run_document(run, city.clock.now())
        finding = _finding(session, id_)
        if finding is not None and not finding.restricted:
            return finding_detail(session, finding)
    if finding is None:
        raise Malformed("there is no run and no finding of this id", where=id_)
    if name is None:
        raise Malformed("it is for the secrecy officer: say --as", where=id_)
    acting(city, name, Permission.VIEW_SECRECY)
    with city.state.reading() as session:
        return finding_detail(session, session.get_one(DataFinding, finding.id))


def _finding(session: "Session", id_: str) -> "DataFinding | None":
    """Return the finding of an id, or of the beginning of one that no other has."""
    import sqlalchemy as sa

    from situation.state.tables import DataFinding

    wanted = sa.select(DataFinding).where(DataFinding.id.startswith(id_, autoescape=True))
    rows = session.scalars(wanted.limit(2)).all()
    return rows[0] if len(rows) == 1 else None


@app.command("report")
def report_command(
    *,
    out: Annotated[pathlib.Path, typer.Option("--out", help="File: .docx, .pdf or .xlsx.")],
    department: DepartmentOption = "",
    since: Annotated[
        dt.datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="First day; else 30 days ago."),
    ] = None,
    english: Annotated[bool, typer.Option("--english", help="In English.")] = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Write the report on the scans as Word, PDF or Excel.

    Example: citywatch scan report --out scan.docx
    """
    from playbooks.document.template import load_templates
    from playbooks.finding.report.figures import figures
    from playbooks.finding.report.file import docx, pdf, xlsx
    from situation.clock import CITY_ZONE
    from situation.faults import Malformed
    from soc_api.wiring import open_city

    if out.suffix not in {".docx", ".pdf", ".xlsx"}:
        raise Malformed("the file has to end in .docx, .pdf or .xlsx", where=str(out))
    settings = settings_of(config, data=data)
    language: Language = "en" if english else "zh"
    with open_city(settings) as city, city.state.reading() as session:
        now = city.clock.now()
        begin = since.replace(tzinfo=CITY_ZONE) if since else now - dt.timedelta(days=REPORT_DAYS)
        found = figures(
            session, department=department, since=begin.astimezone(dt.UTC), until=now, now=now
        )
        templates = load_templates(settings.city.documents)
        match out.suffix:
            case ".docx":
                content = docx(found, city.plan, templates, language=language)
            case ".pdf":
                content = pdf(found, city.plan, templates, language=language)
            case _:
                content = xlsx(found, who="citywatch scan report", now=now, language=language)
    with written_whole(out) as draft:
        draft.write_bytes(content)
    say(f"Wrote {out}")
