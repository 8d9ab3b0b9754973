"""Every decoder and every named system."""

from tagger_training.systems import (
    efficientnet_lite2_attention,
    efficientnet_lite2_lstm,
    inceptionv3_attention,
    mobilenetv2_lstm,
    mobilenetv3small_transformer,
    resnet50_lstm,
    vgg16_gru,
)
from tagger_training.systems.merge_lstm import MergeLstm
from tagger_training.systems.system import Recipe

DECODERS = {
    "merge-lstm": MergeLstm,
    "stacked-gru": vgg16_gru.StackedGru,
    "attention-lstm": inceptionv3_attention.AttentionLstm,
    "transformer": mobilenetv3small_transformer.Transformer,
    "told-attention-lstm": efficientnet_lite2_attention.ToldAttentionLstm,
}
RECIPES: dict[str, Recipe] = {
    module.RECIPE.name: module.RECIPE
    for module in (
        mobilenetv2_lstm,
        efficientnet_lite2_lstm,
        resnet50_lstm,
        vgg16_gru,
        inceptionv3_attention,
        mobilenetv3small_transformer,
        efficientnet_lite2_attention,
    )
}
