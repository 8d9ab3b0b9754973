"""Workshop: data sets, encoders, captioning systems, fitting, metrics. Keras 3 on TensorFlow."""
