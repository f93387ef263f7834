"""What runs beside the console, each part as a process that imports what it needs alone."""
