"""What models said of pictures, as they said it: so that asking the same again costs no inference.

A cache beside the rows, in the same transactions: by picture, model and way of decoding; without tags, because those
are made from the scores of all labels by the vocabulary of the day. Bounded: the oldest go first. Its tables may be
emptied at any time.
"""

import json
import sqlite3

from tagger.core.records import Alternative, Caption, IndexEntry
from tagger.storage.text import storable

KEPT = 200_000
"""So many results are kept: about 2 KB each, with the 768 labels of the embedded bundle."""

_TRIM_EVERY = 1024


def store(connection: sqlite3.Connection, entry: IndexEntry, *, kept: int) -> None:
    """Keep what a model said freshly of a photo."""
    caption = entry.caption
    if caption.scores is None or not kept:
        return
    key = (entry.identity, _maker(connection, entry.model, entry.decoding))
    others = [[other.text, other.log_probability] for other in caption.alternatives]
    # Compressing would take longer than writing.
    words = json.dumps([caption.text, caption.log_probability, others, caption.confidence])
    if connection.execute("SELECT words FROM results WHERE identity = ? AND maker = ?", key).fetchone() == (words,):
        return
    (number,) = connection.execute(
        "INSERT OR REPLACE INTO results (identity, maker, words, scores) VALUES (?, ?, ?, ?) RETURNING id",
        (*key, words, caption.scores),
    ).fetchone()
    if number % _TRIM_EVERY == 0:
        trim(connection, kept=kept)


def trim(connection: sqlite3.Connection, *, kept: int) -> None:
    """Forget all but the latest."""
    connection.execute("DELETE FROM results WHERE id <= (SELECT coalesce(max(id), 0) FROM results) - ?", (kept,))


def find(connection: sqlite3.Connection, identity: str, model: str, decoding: str) -> Caption | None:
    """What a model said of a picture, with ``scores`` and without tags. A row that cannot be read counts as none."""
    row = connection.execute(
        "SELECT words, scores FROM results JOIN makers ON makers.id = results.maker"
        " WHERE identity = ? AND model = ? AND decoding = ?",
        (identity, storable(model), storable(decoding)),
    ).fetchone()
    if row is None:
        return None
    try:
        text, log_probability, others, *confidence = json.loads(row[0])  # before 0.2 none said how sure it was
        alternatives = tuple(Alternative(str(other), float(number)) for other, number in others)
        sure = float(confidence[0]) if confidence and confidence[0] is not None else None
        return Caption(str(text), float(log_probability), alternatives, confidence=sure, scores=bytes(row[1]))
    except (ValueError, TypeError):
        return None


def _maker(connection: sqlite3.Connection, model: str, decoding: str) -> int:
    """The id of a model with its way of decoding: there are few of them."""
    key = (storable(model), storable(decoding))
    row = connection.execute("SELECT id FROM makers WHERE model = ? AND decoding = ?", key).fetchone()
    if row is None:
        row = connection.execute("INSERT INTO makers (model, decoding) VALUES (?, ?) RETURNING id", key).fetchone()
    return int(row[0])
