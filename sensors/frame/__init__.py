"""Records as columns: the frames that the stores take, and the identities in them."""
