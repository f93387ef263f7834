"""Confined readers: processes that parse what nobody trusts, and answer with verdicts alone."""
