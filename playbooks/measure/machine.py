"""The states of a measure: wanted, held by its points, let go again."""

from playbooks.machine import Machine, Transition

BLOCK_ADDRESS = "block_address"
SINKHOLE_DOMAIN = "sinkhole_domain"
KINDS = (BLOCK_ADDRESS, SINKHOLE_DOMAIN)

MEASURE = Machine(
    "wanted",
    ("lifted",),
    (
        Transition("hold", ("wanted",), "in_force"),
        Transition("lift", ("wanted", "in_force"), "lifting"),
        Transition("let_go", ("lifting",), "lifted"),
    ),
)
POINT = Machine(
    "wanted",
    ("gone",),
    (
        Transition("hold", ("wanted",), "held"),
        Transition("lift", ("wanted", "held"), "lifting"),
        Transition("let_go", ("lifting",), "gone"),
    ),
)
"""The same at one point. A point lets go of what it never held as well: it may hold it unseen."""

POINT_TYPES = {BLOCK_ADDRESS: ("file", "http", "nftables"), SINKHOLE_DOMAIN: ("rpz",)}
"""The types of points that can hold a kind."""
