"""The head of a Zeek TSV log: how its lines are cut and what its columns are."""

import re
from dataclasses import dataclass, replace

from sensors.log.security.zeek_cell import DEFAULTS, Marks, unescaped

_ONE_OCTET = 128


@dataclass(frozen=True, slots=True)
class Header:
    """What the head lines said last; the defaults are Zeek's own."""

    separator: str = "\t"
    marks: Marks = DEFAULTS
    path: str = ""
    fields: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether lines can be read by it: fields of distinct names, a separator of one octet."""
        known = len(self.fields) > 0 and len(set(self.fields)) == len(self.fields)
        cuts = len(self.separator) == 1 and ord(self.separator) < _ONE_OCTET
        return known and cuts and self.separator not in "\r\n" and self.marks.set_separator != ""

    def type_of(self, name: str) -> str:
        """Return the type of a field; text where the head does not say it."""
        place = self.fields.index(name)
        return self.types[place] if place < len(self.types) else "string"

    def after(self, line: str) -> "Header":
        """Return the header after one more head line; other comments change nothing."""
        if line.startswith("#separator"):
            written = line.removeprefix("#separator").strip(" ")
            return Header(separator=unescaped(written) or "\t", path=self.path)
        name, *values = line.split(self.separator)
        if name == "#fields":
            return replace(self, fields=tuple(values), types=())
        if name == "#types":
            return replace(self, types=tuple(values))
        return self._with_single(name, values[0]) if values else self

    def _with_single(self, name: str, value: str) -> "Header":
        if name in _MARKS:
            return replace(self, marks=replace(self.marks, **{_MARKS[name]: value}))
        return replace(self, path=value) if name == "#path" else self


_MARKS = {"#set_separator": "set_separator", "#empty_field": "empty", "#unset_field": "unset"}

PATH_FORM = re.compile(r"[a-z][a-z0-9_-]{0,63}")
"""What the name of a log looks like; one that does not is not used."""
