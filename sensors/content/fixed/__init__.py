"""Documents of fixed layout, whose text has a place on the page: PDF and OFD."""
