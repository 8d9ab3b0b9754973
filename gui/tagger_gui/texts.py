"""Counts, times and outcomes as people read them. Knows no widget."""

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from tagger.core.records import OutcomeKind


def number(value: int) -> str:
    """A whole number as the user's language groups it."""
    return QLocale().toString(value)


def rate(per_second: float) -> str:
    """Photos a second, or a minute where they are few; empty where there are none."""
    if per_second <= 0:
        return ""
    if per_second >= 1:
        return QCoreApplication.translate("texts", "{rate} photos/s").format(rate=f"{per_second:.1f}")
    return QCoreApplication.translate("texts", "{rate} photos/min").format(rate=f"{per_second * 60:.0f}")


def time_left(seconds: float | None) -> str:
    """How long something takes still, as people say it; empty where that is not known."""
    if seconds is None:
        return ""
    if seconds < 60:
        return QCoreApplication.translate("texts", "less than a minute left")
    minutes = round(seconds / 60)
    if minutes < 60:
        return QCoreApplication.translate("texts", "{minutes} min left").format(minutes=minutes)
    return QCoreApplication.translate("texts", "{hours} h {minutes} min left").format(
        hours=minutes // 60, minutes=minutes % 60
    )


def totals(counts: Mapping[OutcomeKind, int]) -> str:
    """``3 captioned, 1 failed``; empty where nothing was counted."""
    words = {
        OutcomeKind.CAPTIONED: QCoreApplication.translate("texts", "captioned"),
        OutcomeKind.UNCHANGED: QCoreApplication.translate("texts", "unchanged"),
        OutcomeKind.SKIPPED: QCoreApplication.translate("texts", "left alone"),
        OutcomeKind.FAILED: QCoreApplication.translate("texts", "failed"),
        OutcomeKind.RESTORED: QCoreApplication.translate("texts", "put back"),
        OutcomeKind.CLEANED: QCoreApplication.translate("texts", "cleaned"),
        OutcomeKind.APPROVED: QCoreApplication.translate("texts", "approved"),
        OutcomeKind.EDITED: QCoreApplication.translate("texts", "edited"),
        OutcomeKind.REJECTED: QCoreApplication.translate("texts", "rejected"),
    }
    return ", ".join(f"{number(count)} {words.get(kind, str(kind))}" for kind, count in counts.items() if count)


def moment(iso: str) -> str:
    """A moment (ISO 8601) in the user's own time, to the minute, in the user's language."""
    when = QDateTime.fromSecsSinceEpoch(int(datetime.fromisoformat(iso).timestamp()))
    return QLocale().toString(when, QLocale.FormatType.ShortFormat)


def shown(text: str) -> str:
    """Text from a file, a name or a caption that cannot steer what shows it: no control characters, no line breaks."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
