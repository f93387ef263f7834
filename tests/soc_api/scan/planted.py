"""Values that a generator planted, and whether any of them stands in what a scan left behind."""

import json
import os
import pathlib
import shutil
import subprocess

from tests.testdata import missing

LEAST = 3
"""Shorter values stand in any text by chance."""


def planted_values(listed: pathlib.Path) -> list[str]:
    """Return the values of a generator's list, `kind<TAB>value` a line."""
    lines = listed.read_text(encoding="utf-8").splitlines()
    values = {line.split("\t", 1)[1] for line in lines if "\t" in line}
    return sorted(value for value in values if len(value) >= LEAST)


def write_patterns(file: pathlib.Path, values: list[str]) -> None:
    """Write what to look for: each value in UTF-8, in GB18030 and as JSON escapes it."""
    forms = {form for value in values for form in _forms(value)}
    file.write_bytes(b"\n".join(sorted(forms)) + b"\n")


def _forms(value: str) -> set[bytes]:
    escaped = json.dumps(value)[1:-1].encode("ascii")
    return {value.encode(), value.encode("gb18030"), escaped}


def found_in(where: pathlib.Path, patterns: pathlib.Path) -> list[str]:
    """Return the places in files at or below `where` in which a pattern stands, with its octets."""
    grep = shutil.which("grep")
    if grep is None:
        missing("grep is absent")
    told = subprocess.run(
        [str(grep), "-r", "-a", "-o", "-F", "-f", patterns, where],
        check=False,
        capture_output=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    assert told.returncode in {0, 1}, told.stderr
    return told.stdout.decode("utf-8", "backslashreplace").splitlines()
