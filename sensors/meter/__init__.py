"""The flow meter: compiled stages that turn packet bytes into flow records."""
