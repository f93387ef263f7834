"""The detectors that run, as an explicit list."""

from detect.detector import Detector
from detect.rules.anomaly import AnomalyDetector
from detect.rules.beacon import BeaconDetector
from detect.rules.dns_tunnel import DnsTunnelDetector
from detect.rules.guessing import GuessingDetector
from detect.rules.port_scan import PortScanDetector
from detect.rules.sweep import SweepDetector
from detect.rules.upload import UploadDetector

DETECTORS: tuple[Detector, ...] = (
    PortScanDetector(),
    SweepDetector(),
    GuessingDetector(),
    DnsTunnelDetector(),
    BeaconDetector(),
    UploadDetector(),
    AnomalyDetector(),
)
"""In the order in which they run; nothing is found by scanning for modules."""
