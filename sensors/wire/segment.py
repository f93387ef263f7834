"""Segments: small captures with the first packets of each flow, kept for alerts to come."""

SEGMENTS = "packets"
"""Folder of the segments in that of the stores."""
