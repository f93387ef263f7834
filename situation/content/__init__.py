"""Content: what a scan reads out of files and tables, and what it says about it."""
