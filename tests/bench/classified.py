"""The classified-data scan on one core, end to end, beside Presidio on the same text in one run.

Presidio runs in an environment of its own, which `make peers` sets up; CITYWATCH_PRESIDIO names
another Python that has it.
"""

import datetime as dt
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from corpus.dice import Dice
from corpus.labelled import MAKERS
from corpus.law import characters
from corpus.person import full_name
from detect.classified.ruleset import Ruleset, open_ruleset
from detect.classified.scanner import Scanner, scan
from sensors.content.limits import limits_of
from sensors.content.reading import read
from situation.scan_settings import ScanSettings

CHARACTERS = 4_000_000
ROWS = 60_000
ROUNDS = 5
BARS = {"clean text": 100e6, "dense CSV": 5e6}
BAR_RATIO = 100
PEERS = pathlib.Path(__file__).parent / "peers"
TODAY = dt.date(2026, 11, 27)
_KINDS = ("resident_id", "mobile", "bank_card", "plate", "email", "address")
_HEADER = "序号,姓名,身份证号,手机号,银行卡号,车牌号,邮箱,住址,登记日期"


def _dense() -> str:
    dice = Dice("bench")
    rows = [_HEADER]
    for number in range(1, ROWS + 1):
        values = (MAKERS[kind](dice).replace(",", "") for kind in _KINDS)
        rows.append(f"{number},{full_name(dice)},{','.join(values)},2026-03-1{number % 10}")
    return "\n".join(rows) + "\n"


def _rate(rules: Ruleset, path: pathlib.Path) -> float:
    """Return octets a second of the processor, from the opened file to the verdict."""
    limits = limits_of(ScanSettings())
    began = time.process_time()
    with path.open("rb") as stream:
        scan(Scanner(rules, b"bench", path.name), read(stream, path.name, limits))
    return path.stat().st_size / (time.process_time() - began)


def _presidio(paths: list[pathlib.Path]) -> list[float]:
    """Return what Presidio makes of the same files; nothing where it is not set up."""
    python = os.environ.get("CITYWATCH_PRESIDIO", str(PEERS / ".venv" / "bin" / "python"))
    if not pathlib.Path(python).exists():
        print("Presidio: absent (make peers, or CITYWATCH_PRESIDIO=PYTHON)")
        return []
    command = [python, str(PEERS / "presidio.py"), *map(str, paths)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return [float(line) for line in told.stdout.split()]


def measure() -> None:
    """Print the rates of this process and their ratios."""
    rules = open_ruleset(ScanSettings(), TODAY)
    texts = {"clean text": "".join(characters(CHARACTERS)), "dense CSV": _dense()}
    with tempfile.TemporaryDirectory(prefix="citywatch-bench-") as folder:
        paths = [pathlib.Path(folder) / f"{name}.txt" for name in texts]
        for path, text in zip(paths, texts.values(), strict=True):
            path.write_text(text, encoding="utf-8")
        paths[1] = paths[1].rename(paths[1].with_suffix(".csv"))
        ours = [max(_rate(rules, path) for _ in range(ROUNDS)) for path in paths]
        theirs = _presidio(paths)
    for name, rate in zip(texts, ours, strict=True):
        met = "met" if rate >= BARS[name] else "MISSED"
        print(
            f"scan, {name}: {rate / 1e6:,.1f} MB/s end to end (bar {BARS[name] / 1e6:,.0f}: {met})"
        )
    for name, rate, peer in zip(texts, ours, theirs, strict=False):
        met = "met" if rate >= BAR_RATIO * peer else "MISSED"
        times = f"{rate / peer:,.0f} times (bar {BAR_RATIO}: {met})"
        print(f"  Presidio, {name}: {peer / 1e6:,.3f} MB/s, {times}")


def run() -> None:
    """Measure in a process of its own, with one thread."""
    environment = {**os.environ, "POLARS_MAX_THREADS": "1"}
    subprocess.run([sys.executable, "-m", "tests.bench.classified"], check=True, env=environment)


if __name__ == "__main__":
    measure()
