"""Whole numbers that options take."""

import argparse
from collections.abc import Callable


def whole(*, least: int = 0, most: int | None = None) -> Callable[[str], int]:
    """A type for argparse: a whole number from ``least`` to ``most`` (None: any)."""

    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
        if most is not None and not least <= value <= most:
            raise argparse.ArgumentTypeError(f"must be {least} to {most}")
        if value < least:
            raise argparse.ArgumentTypeError(f"must not be below {least}")
        return value

    return parse
