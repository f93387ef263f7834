"""The StateStore: what people and the plan act on, in one SQL database."""
