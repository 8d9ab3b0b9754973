"""One step of learning a person's captions: Adam on them, beside the captions that the decoder said before.

Of those it has to give the probabilities that it gave before (distillation: Li and Hoiem, "Learning without
forgetting", 2016; Kingma and Ba, "Adam", 2015).
"""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from tagger.captioning.bundle import TextSpec
from tagger_export.differentiable import StepGraph

_KEEP = 8.0  # what the captions of others count beside the person's


def made_step(learner: StepGraph, teacher: StepGraph, text: TextSpec, known: int) -> Callable[..., Any]:
    """The step, for variables and Adam's slots of them: on the person's captions and on the decoder's own, each as
    states before the first word and tokens (N, T + 2), with the learning rate and the number of the step.

    ``teacher`` is the decoder as it was, which has the first ``known`` words of the learner.
    """

    def step(variables: dict[str, Any], slots: dict[str, Any], own: Any, others: Any, rate: Any, number: Any) -> None:
        with tf.GradientTape() as tape:
            state, tokens = own
            logits = learner.logits(variables, state, tokens[:, :-1])
            targets = tokens[:, 1:]
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)
            said = tf.cast((targets != text.padding) & (targets != text.unknown), tf.float32)
            loss = tf.reduce_sum(losses * said) / tf.maximum(tf.reduce_sum(said), 1.0)
            state, tokens = others
            taught = tf.nn.softmax(teacher.logits({}, state, tf.minimum(tokens[:, :-1], known - 1)))
            learned = tf.nn.log_softmax(learner.logits(variables, state, tokens[:, :-1]))[:, :, :known]
            read = tf.cast(tokens[:, 1:] != text.padding, tf.float32)
            apart = -tf.reduce_sum(tf.stop_gradient(taught) * learned, axis=-1)
            loss += _KEEP * tf.reduce_sum(apart * read) / tf.maximum(tf.reduce_sum(read), 1.0)
        gradients = tape.gradient(loss, list(variables.values()))
        norm = tf.linalg.global_norm([gradient for gradient in gradients if gradient is not None])
        for (name, variable), gradient in zip(variables.items(), gradients, strict=True):
            if gradient is None:
                continue
            clipped = tf.convert_to_tensor(gradient) * tf.minimum(1.0, 5.0 / (norm + 1e-9))
            mean, square = slots[name]
            mean.assign(0.9 * mean + 0.1 * clipped)
            square.assign(0.999 * square + 0.001 * clipped**2)
            change = (mean / (1 - 0.9**number)) / (tf.sqrt(square / (1 - 0.999**number)) + 1e-8)
            variable.assign_sub(rate * change)

    traced: Callable[..., Any] = tf.function(step, reduce_retracing=True)
    return traced
