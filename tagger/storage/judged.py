"""The photos that a person said something about, and some of the others: what a model can learn from.

Two ways of reading the table of photos; knows no model.
"""

import sqlite3

_JUDGED = "(state IN ('approved', 'rejected') OR correction IS NOT NULL)"


def judged(connection: sqlite3.Connection) -> list[int]:
    """The rows of photos that a person decided about or corrected, by path."""
    found = connection.execute(f"SELECT id FROM photos WHERE {_JUDGED} ORDER BY path")  # noqa: S608
    return [row[0] for row in found]


def unjudged(connection: sqlite3.Connection, count: int) -> list[int]:
    """Up to ``count`` rows of the other photos, one a picture.

    In the order of their identities, which is as good as drawn, and the same the next time.
    """
    found = connection.execute(
        f"SELECT min(id) FROM photos WHERE NOT {_JUDGED} AND caption <> '' AND identity NOT IN"  # noqa: S608
        f" (SELECT identity FROM photos WHERE {_JUDGED}) GROUP BY identity ORDER BY identity LIMIT ?",
        (count,),
    )
    return [row[0] for row in found]
