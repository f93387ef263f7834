import os
import pathlib
import subprocess
import sys

from sensors.compilation import _ROOMS
from tests.testdata import ROOT

PROGRAM = """
import numpy as np
from sensors.compilation import needs_compilation
from sensors.frame.text import address_column
print(needs_compilation())
one = np.ones(1, np.uint64)
print(address_column(one, one, np.full(1, 4))[0])
print(needs_compilation())
"""


def lines(cache: pathlib.Path) -> list[str]:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache), "NUMBA_DISABLE_JIT": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.split()


def test_machine_code_is_kept_for_these_sources_only(tmp_path: pathlib.Path) -> None:
    old = tmp_path / "machine-code-0000"
    old.mkdir()
    assert lines(tmp_path) == ["True", "0.0.0.1", "False"]
    assert not old.exists()
    assert lines(tmp_path) == ["False", "0.0.0.1", "False"]


def test_every_file_with_compiled_functions_lies_where_a_change_is_seen() -> None:
    compiled = [
        path.parent
        for path in (ROOT / "sensors").rglob("*.py")
        if "from sensors.compilation import" in path.read_text()
    ]
    seen = {ROOT / "sensors" / room for room in _ROOMS}
    assert set(compiled) <= seen
    assert len(compiled) > 10
