"""What is classified: recognisers of sensitive data, marks of secrecy, columns, grades."""
