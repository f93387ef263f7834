"""Models that learn from the past; nothing of them is pickled, each run fits anew."""
