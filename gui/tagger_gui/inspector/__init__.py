"""One photo, or a selection: what it looks like, what is said of it, what is in its file; and deciding about it."""
