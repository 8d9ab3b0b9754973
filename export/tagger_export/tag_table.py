"""The labels of a trained tag head -> the rows of ``tags.tsv``. Knows no Keras and no scores."""

from collections.abc import Mapping

from tagger_training.concepts import load_concepts
from tagger_training.imagenet_labels import load_imagenet_labels

from tagger.captioning.tags import Label
from tagger.core.errors import RunError


def tag_labels(thresholds: Mapping[str, float]) -> list[Label]:
    """The rows of ``tags.tsv`` for the labels of a trained head, in its order. Raises RunError for other tables."""
    concepts = load_concepts()
    rows = {own.label: (own.parents, own.synonyms, own.kind) for own in concepts}
    if list(thresholds)[: len(rows)] != list(rows):
        raise RunError("the tag head was trained on another table of concepts", "train the tag head again")
    rows |= {own.label: (own.parents, own.synonyms, own.kind) for own in load_imagenet_labels(concepts).labels}
    if unknown := thresholds.keys() - rows.keys():
        raise RunError(f"the tag head has labels of another table: {min(unknown)}", "train the tag head again")
    return [Label(name, threshold, *rows[name]) for name, threshold in thresholds.items()]
