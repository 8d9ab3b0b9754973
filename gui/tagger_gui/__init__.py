"""The desktop program: a face over the same pipeline, index and journal as the command line."""
