"""How a label meets its value: the signs between them, strong ones and weak ones."""

from typing import Final

from detect.classified.recogniser import COLON

_TAGS = r"</[^<>\n]{1,24}>\s{0,4}<[^<>\n]{1,40}>"
STRONG: Final = (
    rf"(?:\([^()\n]{{1,12}}\))?(?:[\"'`]|\*{{1,2}})?[ \t]*"
    rf"(?:=>|[:|=→│┃【]|{_TAGS})[\s|\"'`*│┃]{{0,8}}"
)
"""A colon, a bar, an equals sign, an arrow, the tags of two cells, a bracket of weight; there may
be marks of stress around the label."""

WEAK: Final = (
    r"(?:[\"'`\])】」>]?(?:[ \t\n]{1,8}|[、;,>\])】」(（]\s?)[\"'(（]?|[ ]?[为是叫系][ ]?)"
)
"""A blank, a comma, a bracket, a word: these stand in running text as well."""

_BRACKETS = r"(?:(?:\(|\xef\xbc\x88)[^\n]{1,40}(?:\)|\xef\xbc\x89))?"
_SIGN = (
    rf"(?:{COLON}|=|\x7c|\xef\xbd\x9c|\xef\xbc\x9d|\xe2\x86\x92|</"
    r"|\xe2\x94[\x82\x83]|\xe3\x80\x90)"
)
STRONG_WAKE: Final = rf"{_BRACKETS}[\x22'`*]?\*?(?: |\t|\xe3\x80\x80)*{_SIGN}"
"""Piece of a `wakes` pattern for `STRONG`."""

_OPEN = r"(?:[\x22'`()\[\]>]|\xef\xbc[\x88\x89]|\xe3\x80[\x80-\x91]|\xe2\x80[\x9c\x9d])"
WEAK_WAKE: Final = rf"(?:{_OPEN}|[ \t\n,;]|\xef\xbc[\x88\x89\x8c\x9b]|\xc2\xa0|为|是|叫|系){{1,10}}"
"""Piece of a `wakes` pattern for `WEAK`; it lets more through."""
