"""tagger: captions and tags for photos, on the user's own machine.

Importing this package loads nothing but itself: no ONNX Runtime, no Qt, no TensorFlow.
"""

__version__ = "0.1.0"
