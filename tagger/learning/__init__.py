"""Learning the user's words: from what people corrected to a new version of the bundle (docs/learning.md)."""
