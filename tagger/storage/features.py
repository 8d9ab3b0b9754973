"""What photos look like, as models describe them (``captioning.features``), kept a picture and model: a moved or copied
photo has them already. Knows how the bytes are laid out, and finds the nearest of many; knows no model.

One matrix of the whole library is held while one looks: 328 bytes a photo.
"""

import sqlite3
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tagger.core.records import IndexEntry
from tagger.storage.database import Database
from tagger.storage.text import storable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Matrix:
    """The features of N pictures by one model: ``ids`` in the store, and what the model said of each, in order."""

    ids: "array[int]"
    vectors: "NDArray[np.uint8]"


class FeatureStore:
    """The features in an open index. Every method raises RunError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, model: str, features: Sequence[tuple[str, bytes]]) -> None:
        """Keep the features of pictures, by identity."""
        with self._database.writing() as connection:
            for identity, vector in features:
                _store(connection, model, identity, vector)

    def get(self, model: str, identity: str) -> bytes | None:
        """The features of one picture."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT vector FROM features WHERE identity = ? AND model = (SELECT id FROM models WHERE model = ?)",
                (identity, storable(model)),
            ).fetchone()
            return None if row is None else bytes(row[0])

    def load(self, model: str) -> Matrix:
        """The features of all pictures of which this model has said something; those of another length are left out."""
        import numpy as np

        ids, found = array("q"), bytearray()
        length = 0
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id, vector FROM features WHERE model = (SELECT id FROM models WHERE model = ?)",
                (storable(model),),
            )
            while page := rows.fetchmany(_PAGE):
                length = length or len(page[0][1])
                kept = [(photo, vector) for photo, vector in page if len(vector) == length]
                ids.extend(photo for photo, _ in kept)
                found += b"".join(vector for _, vector in kept)
        vectors = np.frombuffer(found, np.uint8)
        return Matrix(ids, vectors.reshape(len(ids), length) if ids else vectors.reshape(0, 0))

    def photos(self, features: Sequence[int]) -> dict[int, list[int]]:
        """The rows of the photos whose pictures have these features, by id of the features."""
        found: dict[int, list[int]] = {}
        with self._database.reading() as connection:
            for one in features:
                rows = connection.execute(
                    "SELECT photos.id FROM features JOIN photos USING (identity) WHERE features.id = ?"
                    " ORDER BY photos.path",
                    (one,),
                )
                found[one] = [row[0] for row in rows]
        return found

    def missing(self, model: str) -> "array[int]":
        """The rows of photos of whose pictures there are no features by this model, by path; one row a picture."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT min(photos.id) FROM photos LEFT JOIN features ON features.identity = photos.identity"
                " AND features.model = (SELECT id FROM models WHERE model = ?)"
                " WHERE features.id IS NULL GROUP BY photos.identity ORDER BY min(photos.path)",
                (storable(model),),
            )
            return array("q", (row[0] for row in rows))

    def copies(self) -> list["array[int]"]:
        """Rows of photos with the same picture, by path; only pictures that there are several photos of."""
        groups: dict[str, array[int]] = {}
        with self._database.reading() as connection:
            for identity, photo in connection.execute(
                "SELECT identity, id FROM photos WHERE identity IN"
                " (SELECT identity FROM photos GROUP BY identity HAVING count(*) > 1) ORDER BY path"
            ):
                groups.setdefault(identity, array("q")).append(photo)
        return list(groups.values())

    def prune(self) -> int:
        """Forget the features of pictures that no photo has any more; returns how many."""
        with self._database.writing() as connection:
            return connection.execute(
                "DELETE FROM features WHERE NOT EXISTS (SELECT 1 FROM photos WHERE photos.identity = features.identity)"
            ).rowcount

    def copy_to(self, model: str, other: str) -> None:
        """Let ``other`` know what ``model`` knows: for two that see photos with the same encoder."""
        with self._database.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO models (model) VALUES (?)", (storable(other),))
            connection.execute(
                "INSERT OR IGNORE INTO features (model, identity, vector)"
                " SELECT (SELECT id FROM models WHERE model = ?), identity, vector FROM features"
                " WHERE model = (SELECT id FROM models WHERE model = ?)",
                (storable(other), storable(model)),
            )

    def adopt(self, other: "FeatureStore") -> None:
        """Take over the features of another index."""
        with other._database.reading() as old, self._database.writing() as connection:
            for model, identity, vector in old.execute(
                "SELECT models.model, identity, vector FROM features JOIN models ON models.id = features.model"
            ):
                _store(connection, model, identity, vector)


def store(connection: sqlite3.Connection, entry: IndexEntry) -> None:
    """Keep what came with a caption; part of writing a row."""
    if entry.caption.features is not None:
        _store(connection, entry.model, entry.identity, entry.caption.features)


def _store(connection: sqlite3.Connection, model: str, identity: str, vector: bytes) -> None:
    row = connection.execute("SELECT id FROM models WHERE model = ?", (storable(model),)).fetchone()
    if row is None:
        row = connection.execute("INSERT INTO models (model) VALUES (?) RETURNING id", (storable(model),)).fetchone()
    connection.execute(
        "INSERT INTO features (model, identity, vector) VALUES (?, ?, ?)"
        " ON CONFLICT (identity, model) DO UPDATE SET vector = excluded.vector WHERE vector <> excluded.vector",
        (row[0], identity, vector),
    )
