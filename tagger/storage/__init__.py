"""SQLite: the index (a cache) and the journal (the truth for undo)."""
