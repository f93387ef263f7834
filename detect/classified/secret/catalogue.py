"""The recognisers of secrets, an explicit list."""

from typing import Final

from detect.classified.recogniser import Recogniser
from detect.classified.secret.connection import ConnectionString
from detect.classified.secret.labelled import Labelled
from detect.classified.secret.private_key import PrivateKey

SECRET_RECOGNISERS: Final[tuple[Recogniser, ...]] = (
    PrivateKey(33),
    ConnectionString(34),
    Labelled("cloud_key", 35),
    Labelled("token", 36),
    Labelled("password", 37),
)
"""All of them, with their bits in the mask of the prefilter."""
