"""The command line: a face. Each command is a short function over the same pipeline."""
