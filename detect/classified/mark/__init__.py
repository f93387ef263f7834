"""Marks of secrecy: where they stand, and whether they mark the document that they stand in."""

from detect.classified.mark.marks import Marks
from detect.classified.mark.waking import MARK_WAKES

__all__ = ["MARK_WAKES", "Marks"]
