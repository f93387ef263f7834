"""A candidate made from the words that it is."""

from detect.classified.recogniser import Candidate


def candidate(
    kind: str,
    start: int,
    words: str,
    confidence: float,
    *checks: str,
    masked: bool = False,
) -> Candidate:
    """Return the candidate that begins at a place and has its value as it is written."""
    end = start + len(words)
    return Candidate(kind, start, end, confidence, checks, masked=masked, value=words)
