"""Actions that keep something out: by points of enforcement, or by commands to others."""
