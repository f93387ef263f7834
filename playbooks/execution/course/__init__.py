"""The course of a run: from step to step, in the transaction that reaches them."""
