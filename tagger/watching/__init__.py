"""A face that waits for photos: what arrives in a folder goes through the same pipeline as with ``tagger tag``."""
