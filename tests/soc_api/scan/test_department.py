"""The made-up department, scanned once: what is found is what is true, and no value is kept."""

import io
import json
import pathlib
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pypdfium2
import pytest

from corpus.department.building import build
from corpus.department.item import NAME
from playbooks.document.template import load_templates
from playbooks.finding.catalogue import import_csv
from playbooks.finding.report.figures import figures
from playbooks.finding.report.file import docx, pdf, xlsx
from playbooks.service import fold
from sensors.content.picture import has_ocr
from situation.content.verdict import Mark, Verdict, Violation
from situation.state.tables import DataFinding, Department, ScanRun
from soc_api.scan.telling.describing import finding_detail, lines_of_document, run_document
from soc_api.scan.telling.line import lines_of
from soc_api.scan.telling.sentence import sentences_of
from soc_api.web.query.data.scanning import Scanning
from tests.soc_api.scan.conftest import NOW, SONG, Desk, make_desk
from tests.soc_api.scan.planted import found_in, planted_values, write_patterns
from tests.soc_api.web.city import NOW as CONSOLE_NOW
from tests.soc_api.web.server import logged_in_as, serving

RAISED = 60
"""Score from which a mark is a finding."""
MOST_RULES = 10
"""Rules that the department breaks, or more."""
PUBLIC = "公共共享"
"""The folder of the department that others can reach."""
SCANNED = "需 OCR"
SIDE = {"email": ("邮件/",), "gps": ("业务/外勤/",), "track": ("业务/外勤/",)}
"""Kinds of which there may be more than the generator counts: addresses in the heads of mails, and
points of a track, which it counts by people and a scan by cells."""
NAMES = 0.98
"""Share of the names in a column that have to be found: no figure checks them."""


@dataclass
class File:
    """What is true of a file of the department."""

    path: str
    kinds: dict[str, int]
    grade: int | None
    marks: list[dict[str, object]]
    violations: set[str]
    allowed: set[str]
    unreadable: set[str]
    note: str


@dataclass
class Scan:
    """A scan of the department: its desk and what was shown of each file."""

    desk: Desk
    folder: pathlib.Path
    files: list[File]
    patterns: pathlib.Path
    run: ScanRun
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    rules: dict[str, set[str]] = field(default_factory=dict)
    shown: list[tuple[str, Verdict, tuple[Violation, ...]]] = field(default_factory=list)
    public: dict[str, set[str]] = field(default_factory=dict)
    """Rules that files of the public folder break where its target says that it is public."""


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scan]:
    """The department, built and scanned as a whole, its public folder once more as such."""
    folder = tmp_path_factory.mktemp("department")
    share, truth, planted = folder / "files", folder / "truth.json", folder / "planted.txt"
    share.mkdir()
    build(share, "prover", truth=truth, planted=planted)
    patterns = folder / "patterns"
    write_patterns(patterns, planted_values(planted))
    for desk in make_desk(folder, url=str(share), department=NAME, zone="internal", ocr="auto"):
        _declare(desk, share)
        run = desk.scan()
        made = Scan(desk, share, _truth(truth), patterns, run, shown=list(desk.shown))
        for path, verdict, broken in made.shown:
            short = path.removeprefix(f"{share}/")
            made.verdicts[short] = verdict
            made.rules[short] = {one.rule for one in broken}
        made.public = _scan_public(folder, share / PUBLIC)
        fold(desk.city.state, desk.city.plan, desk.city.assets, desk.clock, drill_id=None)
        yield made


def _declare(desk: Desk, share: pathlib.Path) -> None:
    text = (share / "catalogue.csv").read_text(encoding="utf-8")
    with desk.city.state.transaction() as session:
        session.add(Department(name=NAME, updated_at=NOW))
        session.flush()
        done = import_csv(session, text, key=desk.tools.key, by=SONG, now=NOW)
    assert (done.added > 0, done.faults) == (True, ())


def _scan_public(folder: pathlib.Path, public: pathlib.Path) -> dict[str, set[str]]:
    """Scan the public folder under a target of its own, in an installation of its own."""
    other = folder / "other"
    other.mkdir()
    found: dict[str, set[str]] = {}
    for desk in make_desk(other, url=str(public), department=NAME, zone="public_share"):
        desk.scan()
        for path, _, broken in desk.shown:
            found[path.removeprefix(f"{public.parent}/")] = {one.rule for one in broken}
    return found


def _truth(file: pathlib.Path) -> list[File]:
    told = json.loads(file.read_text(encoding="utf-8"))["files"]
    return [
        File(
            path=one["path"],
            kinds=one["kinds"],
            grade=one["grade"],
            marks=one["marks"],
            violations=set(one["violations"]),
            allowed=set(one["allowed"]),
            unreadable=set(one["unreadable"]),
            note=one["note"],
        )
        for one in told
        if has_ocr() or one["note"] != SCANNED
    ]


def _is_off(file: File, kind: str, found: int) -> bool:
    true = file.kinds.get(kind, 0)
    if kind == "name" and true:
        return not NAMES * true <= found <= true
    if file.path.startswith(SIDE.get(kind, ("\0",))):
        return found < true
    return found != true


def test_every_file_is_judged(scan: Scan) -> None:
    assert (scan.run.state, scan.run.total) == ("done", len(scan.verdicts))
    assert scan.verdicts.keys() >= {file.path for file in scan.files}
    assert len(scan.files) > 140


def test_kinds_and_their_counts_are_true(scan: Scan) -> None:
    wrong: list[str] = []
    for file in scan.files:
        hits = scan.verdicts[file.path].hits
        found = Counter({hit.kind: hit.count for hit in hits if hit.count and not hit.masked})
        wrong += [
            f"{file.path}: {kind} {found[kind]} of {file.kinds.get(kind, 0)}"
            for kind in sorted(found.keys() | file.kinds.keys())
            if _is_off(file, kind, found[kind])
        ]
    assert wrong == []


def test_grades_are_true(scan: Scan) -> None:
    wrong = {
        file.path: (file.grade, int(scan.verdicts[file.path].grade))
        for file in scan.files
        if file.grade is not None and int(scan.verdicts[file.path].grade) != file.grade
    }
    assert wrong == {}


def _true_marks(file: File) -> set[tuple[object, object]]:
    return {(one["level"], one["classed"]) for one in file.marks if one["raised"]}


def _raised(marks: "list[Mark]") -> set[tuple[object, object]]:
    return {(one.level, one.classed) for one in marks if one.score >= RAISED}


def test_marks_of_secrecy_are_raised_and_nothing_else_is_taken_for_one(scan: Scan) -> None:
    wrong: dict[str, object] = {}
    for file in scan.files:
        raised = _raised(list(scan.verdicts[file.path].marks))
        true = _true_marks(file)
        secret = {one for one in raised if one[1] == "secret"}
        if not true <= raised or secret - true:
            wrong[file.path] = (sorted(map(str, true)), sorted(map(str, raised)))
    assert wrong == {}
    assert sum(bool(_true_marks(file)) for file in scan.files) > 10


def test_violations_are_true(scan: Scan) -> None:
    wrong: dict[str, object] = {}
    for file in scan.files:
        # What is for the house alone is out of it where the target says so.
        found = scan.rules[file.path] | (scan.public.get(file.path, set()) & {"V02"})
        missed, false = file.violations - found, found - file.violations - file.allowed
        if missed or false:
            wrong[file.path] = (sorted(missed), sorted(false))
    assert wrong == {}
    assert len(set.union(*(file.violations for file in scan.files))) >= MOST_RULES


def test_what_cannot_be_read_says_why(scan: Scan) -> None:
    wrong: dict[str, object] = {}
    for file in scan.files:
        reasons = {one.reason for one in scan.verdicts[file.path].unreadable}
        if bool(reasons) != bool(file.unreadable) or not reasons <= file.unreadable:
            wrong[file.path] = (file.unreadable, reasons)
    assert wrong == {}


def test_findings_are_what_was_shown(scan: Scan) -> None:
    kept = {(row.path, row.rule) for row in scan.desk.findings()}
    assert kept == {(path, one.rule) for path, _, broken in scan.shown for one in broken}


def test_the_search_finds_what_was_planted(scan: Scan, tmp_path: pathlib.Path) -> None:
    lines = found_in(scan.folder, scan.patterns)
    assert len(lines) > 5_000
    names = {line.split(":", 1)[0].rsplit(".", 1)[-1] for line in lines}
    assert {"csv", "txt", "json", "sql", "db"} <= names
    first = next(row for row in scan.patterns.read_bytes().splitlines() if row.startswith(b"\\u"))
    store = tmp_path / "store"
    store.mkdir()
    (store / "row").write_bytes(b'\x00{"mask": "' + first + b'"}\xff')
    assert len(found_in(store, scan.patterns)) == 1


def test_no_planted_value_is_in_any_store(scan: Scan) -> None:
    store = scan.desk.city.settings.store.folder
    files = [file for file in store.rglob("*") if file.is_file()]
    assert any(file.name == "state.db" for file in files)
    assert found_in(store, scan.patterns) == []


def test_no_planted_value_is_shown_by_the_commands(scan: Scan, tmp_path: pathlib.Path) -> None:
    told = tmp_path / "told"
    with told.open("w", encoding="utf-8") as file, scan.desk.city.state.reading() as session:
        for path, verdict, broken in scan.shown:
            file.writelines(json.dumps(each) + "\n" for each in lines_of(path, verdict, broken))
            file.writelines(f"{each}\n" for each in sentences_of(path, verdict, broken))
        for row in session.query(DataFinding):
            file.writelines(f"{x}\n" for x in lines_of_document(finding_detail(session, row)))
        file.write(json.dumps(run_document(session.get_one(ScanRun, scan.run.id), NOW)))
    assert told.stat().st_size > 100_000
    assert found_in(told, scan.patterns) == []


def test_no_planted_value_is_in_a_report(scan: Scan, tmp_path: pathlib.Path) -> None:
    city = scan.desk.city
    with city.state.reading() as session:
        found = figures(session, since=NOW.replace(day=1), until=NOW, now=NOW)
    templates = load_templates(city.settings.city.documents)
    word = docx(found, city.plan, templates, language="zh")
    sheet = xlsx(found, who="song", now=NOW, language="zh")
    for name, content in (("docx", word), ("xlsx", sheet)):
        _unpack(content, tmp_path / name)
    paper = pdf(found, city.plan, templates, language="zh")
    text = _text_of(paper)
    # A cell of a table breaks what stands in it.
    whole = "".join(text.split())
    (tmp_path / "pdf.txt").write_text(f"{text}\n{whole}", encoding="utf-8")
    assert NAME in whole
    assert found_in(tmp_path, scan.patterns) == []


def _unpack(content: bytes, folder: pathlib.Path) -> None:
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)


def _text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    pages = [document[number].get_textpage() for number in range(len(document))]
    return "\n".join(page.get_text_bounded() for page in pages)


def test_no_planted_value_is_on_a_page(scan: Scan, tmp_path: pathlib.Path) -> None:
    city = scan.desk.city
    with serving(city.state, city.events, scanning=Scanning(city.settings)) as served:
        served.clock.advance(NOW - CONSOLE_NOW)
        for role, pages in (
            ("data_officer", _open_pages(scan)),
            ("secrecy_officer", _secret_pages(scan)),
        ):
            with logged_in_as(served, role) as client:
                for number, page in enumerate(pages):
                    _keep(client.get(page), tmp_path / f"{role}-{number}")
    assert found_in(tmp_path, scan.patterns) == []


def _open_pages(scan: Scan) -> list[str]:
    rows = [row for row in scan.desk.findings() if not row.restricted]
    fixed = ("/data", "/data/findings?view=all", "/data/findings.xlsx?view=all", "/data/map.csv")
    more = ("/data/scans", f"/data/scans/{scan.run.id}", "/data/catalogue", "/data/report.docx")
    return [*fixed, *more, "/", *(f"/data/findings/{row.id}" for row in rows)]


def _secret_pages(scan: Scan) -> list[str]:
    rows = [row for row in scan.desk.findings() if row.restricted]
    return ["/data/marks", *(f"/data/marks/{row.id}" for row in rows)]


def _keep(answer: httpx.Response, place: pathlib.Path) -> None:
    assert answer.status_code == 200, (answer.url, answer.status_code)
    if answer.content.startswith(b"PK"):
        _unpack(answer.content, place)
    else:
        place.write_bytes(answer.content)
