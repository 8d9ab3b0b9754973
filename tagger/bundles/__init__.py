"""Model bundles that ship with the program. Data, no code."""
