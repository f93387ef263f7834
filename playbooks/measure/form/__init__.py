"""The forms in which a list of targets is written; each is a function of the entries alone."""
