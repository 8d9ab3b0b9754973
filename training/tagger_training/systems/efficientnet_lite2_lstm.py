"""``efficientnet-lite2-lstm``: EfficientNet-Lite2, pooled (1280) -> merge LSTM (merge_lstm.py). The embedded bundle."""

from tagger_training.systems.system import Recipe

RECIPE = Recipe("efficientnet-lite2-lstm", "efficientnet-lite2", "merge-lstm")
