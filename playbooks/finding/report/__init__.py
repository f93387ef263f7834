"""The report on the scan: its figures, and the files that it is made into."""
