"""Secrets: passwords, keys and tokens that open a system to whoever reads them."""

from detect.classified.secret.catalogue import SECRET_RECOGNISERS

__all__ = ["SECRET_RECOGNISERS"]
