"""The two languages, and a text in both."""

from typing import Literal, NamedTuple

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
TAGS: dict[Language, str] = {"zh": "zh-CN", "en": "en"}
"""BCP 47 tags of the pages."""


class Text(NamedTuple):
    """The same said in Chinese and in English."""

    zh: str
    en: str
