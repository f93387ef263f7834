"""Keys, tokens and passwords of the right shape, put together when they are asked for.

None is a key of anything. No literal of these modules has the shape of one, so that a scanner
that reads the project finds none.
"""
