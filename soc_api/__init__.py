"""The desk: command line, HTTP API and console; sees all other packages."""
