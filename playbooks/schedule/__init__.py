"""The clock: jobs become slots, slots are claimed by workers."""
