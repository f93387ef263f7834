"""The query layer: the only place of the console that reads the stores."""
