"""The detectors that run, as an explicit list."""

from detect.detector import Detector
from detect.rules.flow.anomaly import AnomalyDetector
from detect.rules.flow.beacon import BeaconDetector
from detect.rules.flow.dns_tunnel import DnsTunnelDetector
from detect.rules.flow.guessing import GuessingDetector
from detect.rules.flow.port_scan import PortScanDetector
from detect.rules.flow.sweep import SweepDetector
from detect.rules.flow.upload import UploadDetector
from detect.rules.log.account_guessing import AccountGuessingDetector
from detect.rules.log.forced_browsing import ForcedBrowsingDetector
from detect.rules.log.log_guessing import LogGuessingDetector
from detect.rules.log.log_silence import LogSilenceDetector
from detect.rules.log.server_errors import ServerErrorsDetector
from detect.rules.log.spraying import SprayingDetector
from detect.rules.log.web_attack import WebAttackDetector

DETECTORS: tuple[Detector, ...] = (
    PortScanDetector(),
    SweepDetector(),
    GuessingDetector(),
    DnsTunnelDetector(),
    BeaconDetector(),
    UploadDetector(),
    AnomalyDetector(),
    LogGuessingDetector(),
    SprayingDetector(),
    AccountGuessingDetector(),
    WebAttackDetector(),
    ForcedBrowsingDetector(),
    ServerErrorsDetector(),
    LogSilenceDetector(),
)
"""In the order in which they run; nothing is found by scanning for modules."""
