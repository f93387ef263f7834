"""Words of words.toml, by what they mean."""

import pathlib
import tomllib
from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, frozenset[str]]] = {
    meaning: frozenset(words)
    for meaning, words in tomllib.loads(
        pathlib.Path(__file__).with_name("words.toml").read_text()
    ).items()
}
"""Sets of words in lower case."""
