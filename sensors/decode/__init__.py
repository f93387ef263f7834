"""The decoder: compiled stages that turn packet bytes into packets with the key of their flow."""
