"""The web console: pages of the desk, served from this machine alone."""
