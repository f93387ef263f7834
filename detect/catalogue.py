"""The detectors that run, as an explicit list."""

from detect.anomaly import AnomalyDetector
from detect.beacon import BeaconDetector
from detect.detector import Detector
from detect.dns_tunnel import DnsTunnelDetector
from detect.guessing import GuessingDetector
from detect.port_scan import PortScanDetector
from detect.sweep import SweepDetector
from detect.upload import UploadDetector

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
