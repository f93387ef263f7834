"""The commands of the command line, one module a group; each imports its parts when called."""
