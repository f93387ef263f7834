"""A secret that was found, as a candidate."""

from detect.classified.recogniser import Candidate


def candidate(
    kind: str, span: tuple[int, int], confidence: float, check: str, value: str
) -> Candidate:
    """Return the candidate of a secret; a masked secret is none."""
    start, end = span
    return Candidate(
        kind=kind,
        start=start,
        end=end,
        confidence=confidence,
        checks=(check,),
        masked=False,
        value=value,
    )
