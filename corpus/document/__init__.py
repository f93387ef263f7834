"""Writers of files in all formats that a scan has to read, each after its standard.

They are the generator's own and share nothing with the readers that are tried on them.
"""
