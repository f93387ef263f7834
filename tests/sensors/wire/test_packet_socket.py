import shutil
import subprocess
import sys

import pytest

from tests.testdata import ROOT, missing

ASK = """
from sensors.wire.packet_socket import RingSettings, check_capture
from situation.faults import Misconfigured
try:
    check_capture(RingSettings(interface="lo"), where="inputs.lo")
except Misconfigured as fault:
    print(fault)
"""


@pytest.mark.usefixtures("wired")
@pytest.mark.parametrize(("rights", "told"), [("-all,+net_raw", ""), ("-net_raw", "CAP_NET_RAW")])
def test_one_capability_is_needed_and_without_it_the_words_say_which(
    rights: str, told: str
) -> None:
    if shutil.which("setpriv") is None:
        missing("setpriv (util-linux) is not here")
    without = ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}"]
    asked = subprocess.run(
        [*without, sys.executable, "-c", ASK],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert told in asked.stdout
    assert bool(told) == bool(asked.stdout)
