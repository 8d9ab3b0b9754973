"""``resnet50-lstm``: ResNet50, pooled (2048) -> merge LSTM (merge_lstm.py)."""

from tagger_training.systems.system import Recipe

RECIPE = Recipe("resnet50-lstm", "resnet50", "merge-lstm")
