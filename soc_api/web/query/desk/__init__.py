"""What the overview shows: figures, what is broken, what waits for a decision."""
