import subprocess
import sys

from sensors.meter.settings import MeterSettings
from sensors.wire.rehearsal import rehearse
from tests.testdata import ROOT

STAGES_LEFT = """
import sys
import sensors.wire.worker as worker
worker.rehearse(worker.DEFAULT_SETTINGS, worker._discard)
for name, module in sorted(sys.modules.items()):
    if name.startswith("sensors."):
        for one in vars(module).values():
            is_own = getattr(one, "__module__", "") == name
            if is_own and getattr(one, "stats", None) and one.stats.cache_path:
                print("" if one.signatures else f"{name}.{one.__name__}")
"""


def test_a_flow_and_its_question_come_out_of_a_rehearsal() -> None:
    kept = []
    assert rehearse(MeterSettings(), lambda slices, _: kept.append(len(slices))) == 2
    assert sum(kept) == 1


def test_all_code_that_a_capture_runs_is_loaded_by_a_rehearsal() -> None:
    told = subprocess.run(
        [sys.executable, "-c", STAGES_LEFT], cwd=ROOT, check=True, capture_output=True, text=True
    )
    lines = told.stdout.splitlines()
    files = {f"sensors.capture.{kind}.frame_{kind}" for kind in ("pcap", "pcapng", "erf")}
    assert {line for line in lines if line} <= files
    assert len(lines) > len(files)
