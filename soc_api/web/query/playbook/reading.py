"""Stored versions as the executor sees them; each document is read once, by its digest."""

import functools
import json
import re

from playbooks.action.action import Action
from playbooks.cacao.playbook import Playbook, Step, Words
from playbooks.cacao.reading import read_playbook
from situation.faults import Malformed
from situation.state.tables import PlaybookVersion
from soc_api.web.text import Text

_KEPT = 128
_SHORT_NAME = re.compile(r"[a-z0-9-]*")


def playbook_of(version: PlaybookVersion) -> Playbook | None:
    """Return the playbook of a version; None where its document cannot be read."""
    text = json.dumps(version.document, ensure_ascii=False)
    return _read(version.sha256, text)


def name_of(version: PlaybookVersion) -> Text:
    """Return the name of a version in both languages."""
    return Text(version.name_zh, version.name_en or version.name_zh)


def text_of(words: Words) -> Text:
    """Return words of a playbook as a text of the console; one language stands in for another."""
    return Text(words.zh or words.en, words.en or words.zh)


def name_text(named: Step | Action) -> Text:
    """Return what a step or an action is called; empty for a control step without a name."""
    if not isinstance(named, Step):
        return text_of(named.words)
    return given_name(named.name, is_control=named.call is None and not named.playbook_id)


def given_name(words: Words, *, is_control: bool) -> Text:
    """Return the name that the author gave; a control step without one has its short name."""
    unnamed = is_control and words.zh == words.en and _SHORT_NAME.fullmatch(words.zh)
    return Text("", "") if unnamed else text_of(words)


@functools.lru_cache(maxsize=_KEPT)
def _read(sha256: str, text: str) -> Playbook | None:
    _ = sha256
    try:
        return read_playbook(json.loads(text))
    except Malformed:
        return None
