"""Indices that are not ours: read by the scan, never written to."""

from situation.events.elastic.foreign.cluster import (
    ForeignCluster,
    ForeignIndex,
    Refused,
    Sampled,
    Why,
)

__all__ = ["ForeignCluster", "ForeignIndex", "Refused", "Sampled", "Why"]
