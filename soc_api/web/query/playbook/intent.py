"""What an action would do, as it was stored: its words, its changes, its fingerprint."""

from dataclasses import dataclass

from situation.state.columns import JsonObject
from soc_api.web.text import Text

FINGERPRINT_GROUP = 8


@dataclass(frozen=True, slots=True)
class ChangeText:
    """One place that would change, with its lines as in a unified diff."""

    place: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IntentText:
    """What an action would do, as it was stored with its approval."""

    stored: JsonObject

    @property
    def command(self) -> str:
        """The exact action in one line."""
        return str(self.stored.get("command", ""))

    @property
    def what(self) -> Text:
        """What would be done."""
        return _words(self.stored.get("what"))

    @property
    def how_long(self) -> Text:
        """For how long."""
        return _words(self.stored.get("how_long"))

    @property
    def undo(self) -> Text:
        """How it is undone."""
        return _words(self.stored.get("undo"))

    @property
    def touches(self) -> Text:
        """Whom it touches."""
        return _words(self.stored.get("touches"))

    @property
    def changes(self) -> list[ChangeText]:
        """The places that would change."""
        found = self.stored.get("changes")
        return [_change(each) for each in found] if isinstance(found, list | tuple) else []

    @property
    def added(self) -> int:
        """How many lines would come."""
        return sum(line.startswith("+") for each in self.changes for line in each.lines)

    @property
    def removed(self) -> int:
        """How many lines would go."""
        return sum(line.startswith("-") for each in self.changes for line in each.lines)


def grouped(digest: str) -> str:
    """Return a digest in groups that can be read aloud."""
    starts = range(0, len(digest), FINGERPRINT_GROUP)
    return " ".join(digest[start : start + FINGERPRINT_GROUP] for start in starts)


def _words(value: object) -> Text:
    if not isinstance(value, dict):
        return Text("", "")
    zh, en = str(value.get("zh", "")), str(value.get("en", ""))
    return Text(zh or en, en or zh)


def _change(value: object) -> ChangeText:
    if not isinstance(value, dict):
        return ChangeText("", ())
    lines = value.get("lines")
    return ChangeText(
        str(value.get("place", "")),
        tuple(str(line) for line in lines) if isinstance(lines, list | tuple) else (),
    )
