"""The spool: what sensors hand over is kept on disk until the store has it."""
