"""Pixels to words: ONNX Runtime graphs, the decoder loop, the tokenizer, tags."""
