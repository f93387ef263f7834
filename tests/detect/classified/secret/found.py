"""What all recognisers of secrets find in a text, settled as the scanner does."""

from detect.classified.catalogue import PRIORITY
from detect.classified.normal import folded
from detect.classified.recogniser import Candidate
from detect.classified.secret import SECRET_RECOGNISERS
from detect.classified.settling import Settling, ranks_of

_SETTLING = Settling({}, ranks_of(PRIORITY))


def found(text: str) -> list[Candidate]:
    """Return the secrets of a text."""
    normal = folded(text)
    each = [one for recogniser in SECRET_RECOGNISERS for one in recogniser.find(normal)]
    return _SETTLING.settle(normal, each)


def kinds(text: str) -> list[str]:
    """Return their kinds from left to right."""
    return [one.kind for one in found(text)]
