"""Grades of data sets after GB/T 43697-2024, with a reason for each step.

A grade is never one of the words of secrecy. Data that may be important by its volume is said to
be a candidate: the catalogue alone makes it important (网络数据安全管理条例 art 29), except above
a million people where no approved catalogue says otherwise.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from situation.content.declared import Declared
from situation.content.grade import DataGrade
from situation.content.kind import KINDS
from situation.content.verdict import ColumnVerdict, Hit, Reason

CANDIDATE_PERSONS: Final = 100_000
"""People from which personal information can be important (汽车数据安全管理若干规定 art 3)."""
IMPORTANT_PERSONS: Final = 1_000_000
DUTIES_PERSONS: Final = 10_000_000
"""People from which the duties of important data apply (网络数据安全管理条例 art 28)."""
COVERAGE: Final = 0.5
"""Share of a district's people."""
SMALLEST_GROUP: Final = 5
"""k from which masked data counts as derived (GB/T 42460-2023 calls for 5 to 20)."""
CONFIDENT: Final = 0.5
"""Confidence from which a find counts for the grade."""

REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "base": ("所含数据类型的基础级别", "grade of the kind that it holds"),
    "combination": ("同一记录含同一人的多项标识", "several identifiers of one person in a row"),
    "id_sensitive": ("身份标识与敏感信息同在一条记录", "identity and sensitive data in one row"),
    "organisation": ("为组织的公开信息", "public data of an organisation"),
    "masked": ("数值已脱敏", "values are masked"),
    "derived": (
        "已脱敏且分组不小于5，按衍生数据降一级", "masked, in groups of 5 or more: derived data",
    ),
    "not_derived": ("已脱敏但分组小于5，不降级", "masked, yet in groups under 5: not derived"),
    "nothing_personal": ("未见个人信息或其他敏感内容", "no personal or other sensitive data seen"),
    "minor": ("含未满十四周岁未成年人信息", "data of children under 14"),
    "track": ("同一人或设备的轨迹点不少于10个", "ten or more places of one person or device"),
    "header_only": ("仅依据列名判断", "judged by the heading alone"),
    "candidate_volume": (
        "人数达到10万，需人工确认是否重要数据",
        "100,000 people: important or not is to be confirmed",
    ),
    "candidate_coverage": (
        "覆盖一区人口半数以上，需人工确认", "half of a district's people: to be confirmed",
    ),
    "important_volume": (
        "人数达到100万且目录未另行认定", "a million people, and no catalogue says otherwise",
    ),
    "duties_volume": (
        "人数达到1000万，适用重要数据处理者义务",
        "ten million people: the duties of important data apply",
    ),
    "registered": ("已列入重要数据或核心数据目录", "in the catalogue of important or core data"),
    "registered_general": ("目录已认定为一般数据", "the catalogue says that it is general data"),
}  # fmt: skip
"""Why a grade is what it is, in Chinese and English."""

DOCUMENTS: Final = frozenset({
    "resident_id", "resident_id_15", "residence_permit", "permanent_residence", "passport",
    "travel_permit", "hkid", "twid", "officer_card", "social_security",
})  # fmt: skip
IDENTIFIERS: Final = DOCUMENTS | {
    "name", "address", "mobile", "email", "bank_card", "plate", "account", "student_number",
    "driver_archive", "imei", "imsi", "vin", "estate", "gps",
}  # fmt: skip
"""Kinds of which two in one row point at a person together."""
_OF_PEOPLE: Final = IDENTIFIERS - {"address", "gps", "account"}
_OF_ORGANISATIONS: Final = frozenset({"company", "uscc", "organisation_code", "business_licence"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a grade is made from.

    `together` are sets of kinds that stood in one row or line; `persons` is how many people it is
    about, `smallest_group` the k of masked tables (None: nothing is masked), `own` the grades of
    the city's own kinds.
    """

    columns: Sequence[ColumnVerdict] = ()
    hits: Sequence[Hit] = ()
    together: Sequence[frozenset[str]] = ()
    persons: int = 0
    rows: int = 0
    smallest_group: int | None = None
    declared: Declared | None = None
    own: Mapping[str, DataGrade] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A grade with its reasons, and the columns with theirs."""

    grade: DataGrade
    reasons: tuple[Reason, ...]
    needs_confirm: bool
    columns: tuple[ColumnVerdict, ...]


def grade(evidence: Evidence) -> Graded:
    """Return the grade of a data set: the highest of its parts, then what volume makes of it."""
    columns = tuple(_column(verdict, evidence) for verdict in evidence.columns)
    steps = (*_of_columns(columns), *_of_hits(evidence), *_of_rows(evidence))
    reasons = _highest_first(steps) or _nothing(evidence)
    general = max((reason.grade for reason in reasons), default=DataGrade.NONE)
    return _with_volume(general, reasons, evidence, columns)


def best_identifier(kinds: Iterable[str]) -> str:
    """Return which of the kinds of a row counts people best; empty where none does."""
    ranked = [kind for kind in kinds if kind in KINDS and KINDS[kind].identifies]
    return min(ranked, key=lambda kind: (KINDS[kind].identifies, kind), default="")


def _grade_of(kind: str, evidence: Evidence) -> DataGrade:
    known = KINDS.get(kind)
    return known.grade if known else evidence.own.get(kind, DataGrade.NONE)


def _column(verdict: ColumnVerdict, evidence: Evidence) -> ColumnVerdict:
    """Return a column with its grade and why."""
    base = _grade_of(verdict.kind, evidence)
    if not verdict.kind or not base:
        return verdict
    reasons = [Reason(code="base", detail=verdict.kind, grade=base)]
    if any(reason.code == "masked" for reason in verdict.reasons):
        base, derived = _derived(base, evidence)
        reasons.append(derived)
    elif verdict.kind == "address" and _is_public(verdict.table, evidence):
        base = DataGrade.GENERAL_1
        reasons.append(Reason(code="organisation", detail=verdict.kind, grade=base))
    return replace(verdict, grade=base, reasons=(*reasons, *verdict.reasons))


def _derived(base: DataGrade, evidence: Evidence) -> tuple[DataGrade, Reason]:
    """Return the grade of masked data: one less where nobody stands alone (annex I)."""
    size = evidence.smallest_group or 0
    if size < SMALLEST_GROUP:
        return base, Reason(code="not_derived", detail=str(size), grade=base)
    lower = DataGrade(max(base - 1, DataGrade.GENERAL_1))
    return lower, Reason(code="derived", detail=str(size), grade=lower)


def _is_public(table: str, evidence: Evidence) -> bool:
    """Return whether a table is about organisations and no person."""
    return _are_public({one.kind for one in evidence.columns if one.table == table})


def _are_public(kinds: Collection[str]) -> bool:
    found = set(kinds)
    return bool(found & _OF_ORGANISATIONS) and not found & _OF_PEOPLE


def _of_columns(columns: Sequence[ColumnVerdict]) -> Iterator[Reason]:
    for verdict in columns:
        if verdict.grade and verdict.kind:
            yield Reason(code="base", detail=verdict.column, grade=verdict.grade)


def _of_hits(evidence: Evidence) -> Iterator[Reason]:
    """Yield the grades of what was found outside of columns that were judged."""
    judged = {verdict.kind for verdict in evidence.columns if verdict.by != "text"}
    sure = [hit for hit in evidence.hits if hit.confidence >= CONFIDENT and not hit.masked]
    public = _are_public([hit.kind for hit in sure])
    for kind in dict.fromkeys(hit.kind for hit in sure if hit.kind not in judged):
        base = _grade_of(kind, evidence)
        if kind == "address" and public:
            yield Reason(code="organisation", detail=kind, grade=DataGrade.GENERAL_1)
        elif base:
            yield Reason(code="base", detail=kind, grade=base)


def _of_rows(evidence: Evidence) -> Iterator[Reason]:
    for kinds in evidence.together:
        yield from _combined(kinds)


def _combined(kinds: frozenset[str]) -> Iterator[Reason]:
    """Yield what kinds that stand in one row make of one another."""
    if _are_public(kinds):
        return
    several = sorted(kinds & IDENTIFIERS)
    sensitive = {kind for kind in kinds if kind in KINDS and KINDS[kind].sensitive}
    if kinds & DOCUMENTS and sensitive:
        yield Reason(code="id_sensitive", detail=_listed(sensitive), grade=DataGrade.GENERAL_4)
    if len(several) > 1:
        highest = max(KINDS[kind].grade for kind in several)
        raised = DataGrade(min(highest + 1, DataGrade.GENERAL_4))
        yield Reason(code="combination", detail=_listed(several), grade=raised)


def _listed(kinds: Iterable[str]) -> str:
    return "+".join(sorted(kinds))


def _highest_first(steps: Iterable[Reason]) -> tuple[Reason, ...]:
    different = dict.fromkeys(steps)
    return tuple(sorted(different, key=lambda reason: (-reason.grade, reason.code, reason.detail)))


def _nothing(evidence: Evidence) -> tuple[Reason, ...]:
    """Return the reason of tables that were read and hold nothing of interest."""
    if not evidence.columns:
        return ()
    return (Reason(code="nothing_personal", grade=DataGrade.GENERAL_1),)


def _with_volume(
    general: DataGrade,
    reasons: tuple[Reason, ...],
    evidence: Evidence,
    columns: tuple[ColumnVerdict, ...],
) -> Graded:
    """Return the grade after catalogue, volume and coverage."""
    declared = evidence.declared
    if declared is not None and declared.registered and declared.grade >= DataGrade.IMPORTANT:
        listed = Reason(code="registered", detail=declared.dataset, grade=declared.grade)
        return Graded(
            grade=declared.grade, reasons=(listed, *reasons), needs_confirm=False, columns=columns
        )
    steps = tuple(_volume(general, evidence))
    final = max((general, *(step.grade for step in steps)))
    confirm = any(step.code in _TO_CONFIRM for step in steps)
    return Graded(grade=final, reasons=(*steps, *reasons), needs_confirm=confirm, columns=columns)


_TO_CONFIRM: Final = frozenset({"candidate_volume", "candidate_coverage", "important_volume"})


def _volume(general: DataGrade, evidence: Evidence) -> Iterator[Reason]:
    declared, persons = evidence.declared, evidence.persons
    approved = declared is not None and declared.registered
    count = str(persons)
    if persons >= DUTIES_PERSONS:
        yield Reason(code="duties_volume", detail=count, grade=DataGrade.IMPORTANT)
    elif approved:
        if persons >= CANDIDATE_PERSONS:
            yield Reason(code="registered_general", detail=count)
        return
    elif persons >= IMPORTANT_PERSONS:
        yield Reason(code="important_volume", detail=count, grade=DataGrade.IMPORTANT)
    elif persons >= CANDIDATE_PERSONS and general >= DataGrade.GENERAL_3:
        yield Reason(code="candidate_volume", detail=count)
    if declared is not None and declared.population and persons >= COVERAGE * declared.population:
        share = f"{persons / declared.population:.0%}"
        yield Reason(code="candidate_coverage", detail=share)
