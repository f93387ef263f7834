"""What is wrong: detectors and models over flow columns."""
