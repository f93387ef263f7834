"""What a department has declared about a data set of its own, in its catalogue."""

from dataclasses import dataclass
from typing import Literal

from situation.content.grade import DataGrade

Opening = Literal["", "unconditional", "conditional", "none"]
"""How public data is opened (深圳经济特区数据条例 art 46): 无条件开放, 有条件开放, 不予开放."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """An entry of a catalogue that covers a resource.

    `registered` says that the city's catalogue of important and core data lists it, which alone
    decides (网络数据安全管理条例 art 29). `approved` names the approval of an export, `system`
    the system that the data belongs to; `open_export` that it is made to be published.
    """

    dataset: str
    grade: DataGrade
    opening: Opening = ""
    registered: bool = False
    system: str = ""
    approved: str = ""
    open_export: bool = False
    expected: frozenset[str] = frozenset()
    """Kinds that are at home here: minors' data in the school's own system."""
    population: int | None = None
    """People of the district that it is about, for the share that is covered."""
    label_valid: bool = True
    """False where the entry is no longer what was declared: its label does not fit."""
