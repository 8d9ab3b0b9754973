"""On what a training computes, and in which precision. Knows no model.

Keras 3 supports ``tf.distribute.MirroredStrategy`` (several devices of one machine), and not
``MultiWorkerMirroredStrategy`` (several machines): keras-team/keras issue 20585.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf

from tagger.core.errors import RunError

FLOAT16 = "mixed_float16"


def mirrored_over(asked: str) -> tf.distribute.Strategy | None:
    """The strategy for ``--devices`` (a number, or ``all``); None for one device. Raises RunError for too many.

    The devices are the GPUs of this machine, or its CPU where it has none.
    """
    if asked == "1":
        return None
    if "TF_CONFIG" in os.environ:
        cause = "TF_CONFIG asks for a training on several machines, which Keras 3 does not support"
        raise RunError(cause, "unset TF_CONFIG: --devices is for the devices of this machine")
    kind = "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
    names = [device.name for device in tf.config.list_logical_devices(kind)]
    wanted = len(names) if asked == "all" else int(asked)
    if wanted > len(names):
        raise RunError(f"--devices {asked}: TensorFlow sees {len(names)} {kind} device(s) here", "ask for fewer")
    return tf.distribute.MirroredStrategy(names[:wanted]) if wanted > 1 else None


@contextmanager
def precision(asked: str) -> Iterator[str]:
    """Build models in half precision where that was ``asked`` for (``auto``: where there is a GPU); yields the policy.

    Weights, logits and losses stay float32, so that a checkpoint is the same either way.
    """
    half = asked == "on" or (asked == "auto" and bool(tf.config.list_physical_devices("GPU")))
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy(FLOAT16 if half else before)
    try:
        yield FLOAT16 if half else before.name
    finally:
        keras.mixed_precision.set_dtype_policy(before)


@contextmanager
def enough_memory(batch_size: int) -> Iterator[None]:
    """Turn running out of memory into a RunError that says what to do."""
    try:
        yield
    except (tf.errors.ResourceExhaustedError, MemoryError) as error:
        raise RunError(
            f"a batch of {batch_size} does not fit into the memory",
            f"lower --batch-size, to {max(1, batch_size // 2)} for instance; what was trained so far is kept",
        ) from error
