"""What there is in an index, counted."""

import sqlite3
from dataclasses import dataclass

from tagger.core.records import State
from tagger.storage.conditions import WHEN
from tagger.storage.text import restored


@dataclass(frozen=True, slots=True)
class IndexStatistics:
    """Counts over an index: photos, of which written, approved, with a sidecar; photos a model, tag, state and year.

    ``first`` and ``last`` say when photos were captioned (ISO 8601, UTC). ``years`` are those in which photos were
    taken, or else captioned. ``failures`` are photos that failed, ``features`` pictures of which a model knows what
    they look like, ``bytes`` the size of the index.
    """

    photos: int
    written: int
    approved: int
    sidecars: int
    models: dict[str, int]
    tags: dict[str, int]
    first: str
    last: str
    states: dict[str, int]
    years: dict[str, int]
    failures: int
    features: dict[str, int]
    bytes: int


def statistics(connection: sqlite3.Connection, tags: int) -> IndexStatistics:
    """Counts over all rows, and the ``tags`` most frequent tags."""
    photos, written, approved, sidecars, first, last = connection.execute(
        "SELECT count(*), coalesce(sum(written), 0), coalesce(sum(state = ?), 0), count(sidecar),"
        " min(captioned_at), max(captioned_at) FROM photos",
        (State.APPROVED.value,),
    ).fetchone()
    models = connection.execute("SELECT model, count(*) FROM photos GROUP BY model ORDER BY 2 DESC, 1")
    frequent = connection.execute(
        "SELECT labels.label, count(*) FROM tags JOIN labels ON labels.id = tags.label"
        " GROUP BY labels.label ORDER BY 2 DESC, 1 LIMIT ?",
        (tags,),
    )
    states = connection.execute("SELECT state, count(*) FROM photos GROUP BY 1 ORDER BY 2 DESC").fetchall()
    years = connection.execute(
        f"SELECT substr({WHEN}, 1, 4), count(*) FROM photos GROUP BY 1 ORDER BY 1"  # noqa: S608
    ).fetchall()
    (failures,) = connection.execute("SELECT count(*) FROM failures").fetchone()
    looks = connection.execute(
        "SELECT models.model, count(*) FROM features JOIN models ON models.id = features.model GROUP BY 1"
    ).fetchall()
    (size,) = connection.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()
    return IndexStatistics(
        photos=photos,
        written=written,
        approved=approved,
        sidecars=sidecars,
        models={restored(model): count for model, count in models},
        tags={restored(label): count for label, count in frequent},
        first=restored(first or ""),
        last=restored(last or ""),
        states=dict(states),
        years={restored(year): count for year, count in years},
        failures=failures,
        features={restored(model): count for model, count in looks},
        bytes=size,
    )
