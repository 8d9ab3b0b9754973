"""Workshop: checkpoint -> ONNX graphs -> named checks -> model bundle; evaluation of bundles."""
