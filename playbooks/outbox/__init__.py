"""What leaves: deliveries written with their change, carried by channels, once."""
