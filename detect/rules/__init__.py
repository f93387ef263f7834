"""The detectors, one module each, with the measures that several of them share."""
