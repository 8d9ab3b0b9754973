"""The inspector with the bundle that is shipped: a real caption, its words on the photo, tags nearly given."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tagger_gui.inspector.inspector import Inspector
from tagger_gui.running import Job
from tagger_gui.session import Captioners, LibrarySession

from tagger.core.records import OutcomeKind


@pytest.fixture
def inspector(qtbot: Any, examples: Path, settings_file: Path) -> Iterator[Inspector]:
    settings_file.write_text("jobs = 2\n")
    session = LibrarySession(examples, Captioners())
    inspector = Inspector(session)
    inspector.setProperty("session", session)
    qtbot.addWidget(inspector)
    inspector.resize(380, 800)
    inspector.show()
    yield inspector
    inspector.close_threads()
    assert session.close()


def test_a_cat_is_found_where_it_is(
    qtbot: Any, inspector: Inspector, examples: Path, ended: Callable[[Job], Job]
) -> None:
    session = inspector.property("session")
    path = examples / "cat.jpg"
    assert ended(session.tag([path])).counts == {OutcomeKind.CAPTIONED: 1}
    inspector.inspect([path])
    qtbot.waitUntil(lambda: "cat" in inspector.words.words, timeout=20_000)
    assert "cat" in [chip.tag.label for chip in inspector.words.tags.chips]
    assert len(inspector.words.caption.choices) > 1
    qtbot.waitUntil(lambda: inspector.picture.picture_size == (451, 300), timeout=20_000)
    inspector.words.caption.edit.point(inspector.words.words.index("cat"))
    qtbot.waitUntil(lambda: inspector.picture.has_heat, timeout=60_000)
    assert inspector.picture.note == "Where “cat” comes from"
    inspector.words.tags.more.click()
    qtbot.waitUntil(inspector.words.tags.more.isEnabled, timeout=60_000)
    assert len(inspector.words.tags.chips) > 3
