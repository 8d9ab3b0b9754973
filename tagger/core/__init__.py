"""Layer 0: records, protocols and errors that every other layer speaks. Does no I/O."""
