"""Captioning systems: each is its encoder, its decoder and its numbers, in a file of its own."""
