"""How long documents take: the first PDF of a process, a course of 1,000 steps, a long list."""

import resource
import subprocess
import sys
import time
from collections.abc import Callable

from playbooks.document.data import course_data
from playbooks.document.pdf import pdf_of
from playbooks.document.sheet import Value, sheet_of
from playbooks.document.word import word_of
from tests.playbooks.document import case
from tests.playbooks.document.golden import TEMPLATES

RUNS = 3
STEPS = 1_000
LIST_ROWS = 10_000
FIRST = """
import time
began = time.perf_counter()
from playbooks.document.pdf import pdf_of
from tests.playbooks.document.golden import document_of
document = document_of("notice", "zh")
loaded = time.perf_counter()
pdf_of(document)
print(time.perf_counter() - loaded, loaded - began)
"""


def run() -> None:
    """Measure the first PDF in a new process, then long documents in this one."""
    first, loading = min(_first() for _ in range(RUNS))
    print(f"first PDF of a process: {first:.2f} s after {loading:.1f} s of loading (bar 2)")
    course = (case.course() * STEPS)[:STEPS]
    document = TEMPLATES.fill(
        "course",
        course_data(
            case.PLAN,
            case.notice(),
            feedbacks=case.feedbacks(),
            extensions=case.extensions(),
            items=case.items(),
            attachments=case.attachments(),
            course=course,
        ),
    )
    rows: list[list[Value]] = [
        ["示网应通〔2026〕第001号", "Ⅱ级（重大）", "示例市政务服务数据管理局", 1] * 2
    ] * LIST_ROWS
    for name, make in (
        (f"PDF of {STEPS} rows", lambda: pdf_of(document)),
        (f"Word file of {STEPS} rows", lambda: word_of(document)),
        (
            f"Excel file of {LIST_ROWS} rows",
            lambda: sheet_of("台账", ["列"] * 8, rows, who="王签发", now=case.NINE),
        ),
    ):
        print(f"{name}: {_seconds(make):.2f} s (bar 30)")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory: {peak:.0f} MiB (bar 512)")


def _seconds(make: Callable[[], bytes]) -> float:
    best = float("inf")
    for _ in range(RUNS):
        began = time.perf_counter()
        make()
        best = min(best, time.perf_counter() - began)
    return best


def _first() -> tuple[float, float]:
    told = subprocess.run(
        [sys.executable, "-c", FIRST], check=True, capture_output=True, text=True
    ).stdout.split()
    return float(told[0]), float(told[1])


if __name__ == "__main__":
    run()
