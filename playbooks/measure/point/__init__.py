"""Points of enforcement: each is told what to hold and comes into line, or says why not."""
