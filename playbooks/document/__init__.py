"""Documents in Word, PDF and Excel, from templates that a city can replace."""
