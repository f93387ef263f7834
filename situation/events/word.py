"""Words of a text, as both stores cut them, so that a phrase finds the same documents.

The words are those of Elasticsearch's `standard` analyzer (word boundaries of Unicode's UAX #29,
then lower case) for the characters of this module's tables: ASCII, the Latin letters up to
U+017F, Chinese characters and Japanese hiragana, the punctuation around them and the full-width
forms. Beside characters of other scripts the two may cut differently; a phrase that holds
such a character is refused, see `check_phrase`.
"""

import re

import polars as pl

from situation.faults import Malformed

LIMIT = 255
"""Longest word; what is longer is cut, as the analyzer does."""

BREAK = "\x1f"
"""Stands around every word of a `words_column` value."""

_LETTERS = "A-Za-zªµºÀ-ÖØ-öø-įı-ſＡ-Ｚａ-ｚ"
_DIGITS = "0-9０-９"
_JOINERS = "_＿"
_BETWEEN_BOTH = ".'‘’․＇．"
_BETWEEN_LETTERS = ":·‧：" + _BETWEEN_BOTH
_BETWEEN_DIGITS = ",;，；" + _BETWEEN_BOTH
_MARKS = _BETWEEN_LETTERS + _BETWEEN_DIGITS
_SINGLE = "〇ぁ-ゖ㐀-䶵一-鿯"
_SEPARATORS = "\x00-\x7f\x80-\xa8\xaa-\xac\xaf-\xbf×÷‐-‧‰-※\u3000-〄〈-〠！-～"

_WORD = re.compile(
    rf"[{_LETTERS}{_DIGITS}{_JOINERS}]"
    rf"(?:[{_LETTERS}{_DIGITS}{_JOINERS}]"
    rf"|(?<=[{_LETTERS}])[{_BETWEEN_LETTERS}](?=[{_LETTERS}])"
    rf"|(?<=[{_DIGITS}])[{_BETWEEN_DIGITS}](?=[{_DIGITS}])){{0,{LIMIT - 1}}}"
    rf"|[{_SINGLE}]"
)
_LETTER_RUN = f"[{_LETTERS}](?:[{_BETWEEN_LETTERS}][{_LETTERS}])*"
_DIGIT_RUN = f"[{_DIGITS}](?:[{_BETWEEN_DIGITS}][{_DIGITS}])*"
_COLUMN_WORD = (
    f"[{_JOINERS}]*(?:{_LETTER_RUN}|{_DIGIT_RUN})(?:{_LETTER_RUN}|{_DIGIT_RUN}|[{_JOINERS}])*"
    f"|[{_SINGLE}]"
)
"""The words without their limit, for an engine that cannot look around a character."""
_SUBSTANCE = re.compile(f"[{_LETTERS}{_DIGITS}{_SINGLE}]")
_OUTSIDE = re.compile(f"[^{_LETTERS}{_DIGITS}{_JOINERS}{_BETWEEN_BOTH}:·,;{_SINGLE}{_SEPARATORS}]")


def words(text: str) -> list[str]:
    """Return the words of `text` in order, in lower case."""
    found = []
    at = 0
    while match := _WORD.search(text, at):
        word = match.group()
        if len(word) == LIMIT:
            # The analyzer sees no further than its limit, so a mark at the end stays outside.
            word = word.rstrip(_MARKS)
        if _SUBSTANCE.search(word):
            found.append(word.lower())
            at = match.start() + len(word)
        else:
            at = match.start() + 1 if len(word) == LIMIT else match.end()
    return found


def words_value(text: str) -> str:
    """Return the words with a `BREAK` around each, so that a phrase is a substring."""
    return BREAK + BREAK.join(words(text)) + BREAK


def words_column(column: pl.Series) -> pl.Series:
    """Return `words_value` of each text of a column, null where there is none."""
    found = column.str.extract_all(_COLUMN_WORD).list.join(BREAK).str.to_lowercase()
    values = pl.select(pl.lit(BREAK) + found + pl.lit(BREAK)).to_series().alias(column.name)
    cut = _overlong(column, found)
    if not cut.any():
        return values
    exact = [words_value(text) for text in column.filter(cut)]
    return values.scatter(cut.arg_true(), exact)


def _overlong(column: pl.Series, found: pl.Series) -> pl.Series:
    # Only a text as long as the limit can hold a word that the limit cuts.
    longest = (
        pl.when(column.str.len_chars() >= LIMIT)
        .then(found)
        .str.split(BREAK)
        .list.eval(pl.element().str.len_chars())
        .list.max()
    )
    return pl.select(longest >= LIMIT).to_series().fill_null(value=False)


def check_phrase(text: str, *, where: str) -> None:
    """Refuse a phrase with characters for which the stores may cut words differently."""
    outside = _OUTSIDE.search(text)
    if outside:
        raise Malformed(f"a phrase cannot hold {outside.group()!r}", where=where)
