"""The jobs of this installation: what is wanted when, and what is done then."""
