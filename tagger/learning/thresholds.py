"""From which probability on a photo gets a tag that was learned, going by photos that were held back."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PRECISION = 0.8
"""How often a tag has to be right on photos that were held back."""
OFF = 9.0
_AGAINST = 8.0  # so much counts, of photos without a tag, has to be there, or nothing can be shown of it
_RIGHT = 3


def lowest_threshold(
    scores: "NDArray[np.float64]",
    having: "NDArray[np.bool_]",
    counts: "NDArray[np.float64]",
    judged: "NDArray[np.float64]",
) -> float:
    """The lowest probability at which a tag is right often enough on what was held back; OFF where there is none.

    ``counts`` of the photos without the tag have to be enough to show anything by; of those that get it each counts as
    it is ``judged``. Rounded up as the table of labels holds it.
    """
    if counts[~having].sum() < _AGAINST:
        return OFF
    found = OFF
    for threshold in sorted({float(np.floor(score * 1e4) / 1e4) for score in scores[having]}, reverse=True):
        fired = scores >= threshold
        right = int((fired & having).sum())
        total = float(judged[fired].sum())
        if right >= _RIGHT and 0 < threshold <= 1 and right >= PRECISION * total:
            found = threshold
    return found
