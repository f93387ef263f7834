"""What a step can do: small actions, each with its effect, its guarantee and its inverse."""
