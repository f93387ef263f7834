"""How a packet inside of a tunnel is marked."""

import numpy as np

from sensors.compilation import compiled
from sensors.decode.layout import TUNNEL_BITS


@compiled
def enter(inner: np.void, tunnel: int, number: int) -> None:
    """Say what carries the packet, and the number of its virtual network where there is one.

    A number that differs by direction, such as GTP's, is not given: it would split flows.
    """
    inner["tunnel"] = tunnel
    if number != 0:
        tags = inner["seen_tags"]
        inner["seen_tags"] = (tags - (tags & TUNNEL_BITS)) | (np.uint64(number) & TUNNEL_BITS)
