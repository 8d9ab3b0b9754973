"""The photos of one library: what to show, the grid that shows them, and their thumbnails."""
