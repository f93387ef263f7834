"""What a resource breaks: the predicates behind the rules of `detect.classified.violation`."""
