"""Content of files: read by format, in pieces, within limits, without ever trusting them."""
