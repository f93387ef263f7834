"""Structured data of RFC 5424, 6.3: elements with parameters become a JSON object."""

import re

import orjson
import polars as pl

STRUCTURED_DATA = "citywatch.log.structured_data"
"""Group of a pattern that holds elements as they were written."""

REST_PATH = ("log", "syslog", "structured_data")
"""Where the elements stand in the rest."""

_NAME = r'[^\x00-\x20=\]\["\\]+'
_WHOLE = rf'^(?:\[{_NAME}(?: {_NAME}="[^"\\\[\x00-\x1f]*")+\])+$'
"""Elements with parameters, one space apart, without escapes."""

_ELEMENT = re.compile(r'\[([^\s=\]"]+)((?:\s+[^\s=\]"]+="(?:[^"\\]|\\.)*")*)\s*\]', re.DOTALL)
_PARAMETER = re.compile(r'([^\s=\]"]+)="((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\\]])')


def structured_data(texts: pl.Series) -> pl.Series:
    """Return JSON objects of elements and their parameters; null stays null."""
    frame = pl.DataFrame({"text": texts})
    plain = frame.select(_plain(pl.col("text"))).to_series()
    made = frame.select(pl.when(plain).then(_as_json(pl.col("text")))).to_series()
    hard = (~plain).fill_null(value=False).arg_true()
    if hard.is_empty():
        return made
    return made.scatter(hard, pl.Series([_object(text) for text in texts.gather(hard)]))


def _plain(text: pl.Expr) -> pl.Expr:
    """Return whether literal replacements make JSON of the elements: nearly always.

    That is so where nothing needs an escape and no value begins or ends so that it looks like
    the end or the beginning of another.
    """
    return text.str.contains(_WHOLE) & ~text.str.contains('=" |="\\]')


def _as_json(text: pl.Expr) -> pl.Expr:
    text = text.str.replace_all('" ', '","', literal=True)
    text = text.str.replace_all('="', '":"', literal=True)
    text = text.str.replace_all('"]', '"},', literal=True)
    text = text.str.replace_all(r"\[([^ ]+) ", '"${1}":{"')
    return "{" + text.str.strip_suffix(",") + "}"


def _object(text: str) -> str:
    elements: dict[str, dict[str, str]] = {}
    for found in _ELEMENT.finditer(text):
        parameters = _PARAMETER.finditer(found[2])
        values = {one[1]: _ESCAPED.sub(r"\1", one[2]) for one in parameters}
        elements.setdefault(found[1], {}).update(values)
    left = _ELEMENT.sub("", text)
    return orjson.dumps({**elements, "unparsed": left} if left else elements).decode()
