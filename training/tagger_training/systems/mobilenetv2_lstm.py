"""``mobilenetv2-lstm``: MobileNetV2, pooled (1280) -> merge LSTM (merge_lstm.py)."""

from tagger_training.systems.system import Recipe

RECIPE = Recipe("mobilenetv2-lstm", "mobilenetv2", "merge-lstm")
