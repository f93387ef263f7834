"""Templates of documents: TOML files, checked at start, filled with plain values.

The distribution brings one file for each name in `NAMES`; a city's folder may bring its own for
any of them. One template makes Word and PDF alike.
"""

import pathlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence

from pydantic import BaseModel, ValidationError

from playbooks.document.block import Document, Language
from playbooks.document.filling import Filling
from playbooks.document.phrase import Phrases
from playbooks.document.row import Column, Facts, Listing, Repeat, Sheet, Table, Words
from situation.faults import Misconfigured

FOLDER = pathlib.Path(__file__).parent / "templates"
"""Where the templates that come with the distribution lie."""

_ALL = "number title grade issuer office contact drill subject on dated fields"
_OF_NOTICE = """
    kind warns department department_contact request issued_at issued_by drafted_by receipt_due
    feedback_due signed_at signed_by assignee status closed_at close_reason returns rounds last
    extensions items attachments enclosures steps proof
"""
_OF_REPORT = """
    kind first persons serial addressee channel incident incident_title asset department reporting
    sections to_come written_by sent_by sent_at received_at receipt_note
"""
_OF_WARNING = """
    colour category drafted_by issued_by issued_at lifted_by lifted_at lift_reason duties
"""
_OF_SCAN = """
    dated since until departments classes places rules worst more marks
"""
_WITHIN = {
    _OF_NOTICE: (
        "notice",
        "hazard",
        "rectification",
        "supervision",
        "receipt",
        "feedback",
        "recheck",
        "course",
    ),
    _OF_REPORT: ("report", "closing", "pi_notice"),
    _OF_WARNING: ("warning", "lift"),
    _OF_SCAN: ("scan",),
}
NAMES: dict[str, frozenset[str]] = {
    name: frozenset(f"{_ALL} {values}".split())
    for values, names in _WITHIN.items()
    for name in names
}
"""The templates, and the values that each may name."""


class Templates:
    """All templates of a city, checked. Made by `load_templates`."""

    def __init__(self, sheets: Mapping[str, Sheet], phrases: Phrases) -> None:
        self._sheets = sheets
        self._phrases = phrases

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the templates in order."""
        return tuple(sorted(self._sheets))

    def fill(self, name: str, data: Mapping[str, object], language: Language = "zh") -> Document:
        """Return the document of `data`, a mapping of `playbooks.document.data`.

        Raises `Malformed` for more text than a document holds, `Misconfigured` for a template
        that names a value which the data lack.
        """
        return Filling(self._phrases, name, language).document(self._sheets[name], data)


def load_templates(folder: pathlib.Path | None = None) -> Templates:
    """Read the templates that come along and those of a city's `folder`, which go before them.

    Raises `Misconfigured` with every fault at once, each with its file and block.
    """
    phrases = Phrases()
    sheets: dict[str, Sheet] = {}
    faults: list[str] = []
    for path in [*sorted(FOLDER.glob("*.toml")), *_own(folder, faults)]:
        sheet = _sheet(path, faults)
        if sheet is not None:
            faults += [f"{path.name}: {fault}" for fault in _wrong_texts(sheet, path.stem, phrases)]
            sheets[path.stem] = sheet
    faults += [
        f"{name}.toml is missing" for name in NAMES if not (FOLDER / f"{name}.toml").exists()
    ]
    if faults:
        raise Misconfigured.listing(faults, where=str(folder or FOLDER))
    return Templates(sheets, phrases)


def _own(folder: pathlib.Path | None, faults: list[str]) -> list[pathlib.Path]:
    if folder is None:
        return []
    if not folder.is_dir():
        faults.append("there is no such folder")
    paths = sorted(folder.glob("*.toml"))
    faults += [
        f"{path.name}: no template is called that" for path in paths if path.stem not in NAMES
    ]
    return [path for path in paths if path.stem in NAMES]


def _sheet(path: pathlib.Path, faults: list[str]) -> Sheet | None:
    try:
        return Sheet.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        faults.append(f"{path.name}: {error}")
    except ValidationError as error:
        faults += [f"{path.name}: {_place(each['loc'])}: {each['msg']}" for each in error.errors()]
    return None


def _place(steps: Sequence[int | str]) -> str:
    # Blocks are counted from 1, as a person counts them in the file.
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in steps)


def _wrong_texts(sheet: Sheet, name: str, phrases: Phrases) -> Iterator[str]:
    for place, source, names in _texts(sheet, NAMES[name], ""):
        yield from (f"{place}: {fault}" for fault in phrases.faults(source, names))


def _texts(
    row: BaseModel, names: frozenset[str], place: str
) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield each text and each name of a list or condition, with what it may mention."""
    for field in type(row).model_fields:
        value = getattr(row, field)
        here = f"{place}.{field}".lstrip(".")
        within = _within(row, field, names)
        if isinstance(value, Words):
            yield from ((here, source, within) for source in (value.zh, value.en))
        elif field in ("each", "when", "unless") and value is not None:
            yield here, f"{{{{ {value} }}}}", names
        elif isinstance(value, tuple):
            for number, each in enumerate(value, 1):
                yield from _texts(each, within, f"{here}.{number}")


def _within(row: BaseModel, field: str, names: frozenset[str]) -> frozenset[str]:
    if isinstance(row, Repeat):
        return names | {"part"}
    if isinstance(row, Column) and field == "head":
        return names - {"row"}
    listed = isinstance(row, (Facts, Table, Listing)) and field not in ("text", "rows")
    return names | {"row"} if listed else names
