"""Errors as sentences: names of files keep their letters."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6")

from tagger_gui.notice import Notice, sentence

from tagger.core.errors import PhotoError, RunError


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("the disk is full", "The disk is full."),
        ("is its drive connected?", "Is its drive connected?"),
        ("write-protected", "Write-protected."),
        ("no, not there", "No, not there."),
        ("gone.jpg is not there any more", "gone.jpg is not there any more."),
        ("notes.txt, list.ods: no photo and no folder", "notes.txt, list.ods: no photo and no folder."),
        ("img_1 is damaged", "img_1 is damaged."),
        ("élan vital", "Élan vital."),
        ("12 photos wait", "12 photos wait."),
        ("  ", ""),
    ],
)
def test_a_sentence_begins_with_a_capital_unless_a_name_stands_there(text: str, shown: str) -> None:
    assert sentence(text) == shown


def test_a_photo_is_named_as_it_is(qtbot: Any) -> None:
    notice = Notice()
    qtbot.addWidget(notice)
    notice.tell(PhotoError(Path("/photos/my dog.jpg"), "is damaged", "restore it"))
    assert (notice.cause.text(), notice.hint.text()) == ("my dog.jpg: is damaged.", "Restore it.")
    notice.tell(PhotoError(Path("/photos/a\nb.jpg"), "is damaged"))
    assert notice.cause.text() == "a\N{REPLACEMENT CHARACTER}b.jpg: is damaged."
    notice.tell(RunError("the library is gone"))
    assert notice.cause.text() == "The library is gone."
    assert not notice.hint.isVisibleTo(notice)
