"""Grades of data after GB/T 43697-2024. Marks of secrecy are another axis and never mix in."""

from enum import IntEnum


class DataGrade(IntEnum):
    """Grade of data, higher is graver. 0 means that nothing was graded."""

    NONE = 0
    GENERAL_1 = 1
    GENERAL_2 = 2
    GENERAL_3 = 3
    GENERAL_4 = 4
    IMPORTANT = 5
    CORE = 6


GRADE_NAMES: dict[DataGrade, tuple[str, str]] = {
    DataGrade.NONE: ("未定级", "not graded"),
    DataGrade.GENERAL_1: ("一般1级", "general 1"),
    DataGrade.GENERAL_2: ("一般2级", "general 2"),
    DataGrade.GENERAL_3: ("一般3级", "general 3"),
    DataGrade.GENERAL_4: ("一般4级", "general 4"),
    DataGrade.IMPORTANT: ("重要数据", "important"),
    DataGrade.CORE: ("核心数据", "core"),
}
"""Chinese and English, as they stand on pages and in reports."""
