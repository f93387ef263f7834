"""nftables: a small process with CAP_NET_ADMIN alone keeps a set, and takes back what is unproven.

The desk tells it by a Unix socket which networks to drop; it knows nothing else.
"""
