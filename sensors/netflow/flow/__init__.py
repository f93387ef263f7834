"""Records as flow columns: times, ends, counts, ids, and the rest."""
