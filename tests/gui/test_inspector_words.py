"""Caption and tags of one photo, as they are edited: what is typed, chosen, left out, added."""

import math
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from tagger_gui.inspector.attention import map_of_word
from tagger_gui.inspector.caption_editor import CaptionEditor
from tagger_gui.inspector.chip import ChipState
from tagger_gui.inspector.chips import TagChips
from tagger_gui.inspector.draft import Draft, confidence
from tagger_gui.inspector.words import WordsPanel

from tagger.captioning.heatmaps import Explanation, WordMap
from tagger.core.records import Alternative, Caption, Correction, IndexEntry, Photo, Tag

TAGS = (Tag("dog", 0.93, ("pet", "animal")), Tag("animal", 0.95))
CAPTION = Caption("A dog on a sofa", -2.0, (Alternative("A dog on a bed", -3.0),), TAGS)


def entry(caption: Caption = CAPTION, **changes: Any) -> IndexEntry:
    photo = Photo(Path("/photos/one.jpg"), 1, 1)
    return IndexEntry(photo, "id", caption, "tiny 1", "s", "r1", "2024-05-01T10:00:00+00:00", **changes)


@pytest.fixture
def editor(qtbot: Any) -> CaptionEditor:
    editor = CaptionEditor()
    qtbot.addWidget(editor)
    editor.resize(360, 300)
    editor.show_caption(CAPTION.text, CAPTION.log_probability, CAPTION.alternatives)
    editor.show()
    return editor


@pytest.fixture
def chips(qtbot: Any) -> TagChips:
    chips = TagChips()
    qtbot.addWidget(chips)
    chips.resize(360, 200)
    chips.show_tags(TAGS)
    chips.show()
    return chips


@pytest.fixture
def panel(qtbot: Any) -> WordsPanel:
    panel = WordsPanel()
    qtbot.addWidget(panel)
    panel.resize(380, 500)
    panel.show()
    return panel


def states(chips: TagChips) -> dict[str, ChipState]:
    return {chip.tag.label: chip.state for chip in chips.chips}


def test_another_caption_is_one_click_away(qtbot: Any, editor: CaptionEditor) -> None:
    assert [choice.text() for choice in editor.choices] == ["A dog on a sofa", "A dog on a bed"]
    assert [choice.isChecked() for choice in editor.choices] == [True, False]
    with qtbot.waitSignal(editor.changed):
        QTest.mouseClick(editor.choices[1], Qt.MouseButton.LeftButton)
    assert editor.text == "A dog on a bed"
    assert editor.is_edited
    assert [choice.isChecked() for choice in editor.choices] == [False, True]
    editor.edit.undo()
    assert editor.text == "A dog on a sofa"
    assert not editor.is_edited


def test_enter_commits_and_escape_takes_back(qtbot: Any, editor: CaptionEditor) -> None:
    editor.edit.selectAll()
    QTest.keyClicks(editor.edit, "Our  dog Bello")
    assert editor.text == "Our dog Bello"
    with qtbot.waitSignal(editor.committed):
        QTest.keyClick(editor.edit, Qt.Key.Key_Return)
    assert "\n" not in editor.edit.toPlainText()
    QTest.keyClick(editor.edit, Qt.Key.Key_Escape)
    assert editor.text == "A dog on a sofa"


def test_the_word_under_the_mouse_is_told_and_marked(qtbot: Any, editor: CaptionEditor) -> None:
    pointed: list[int] = []
    editor.word_pointed.connect(pointed.append)
    cursor = editor.edit.textCursor()
    cursor.setPosition(3)  # in "dog"
    place = editor.edit.cursorRect(cursor).center()
    QTest.mouseMove(editor.edit.viewport(), place)
    qtbot.waitUntil(lambda: pointed[-1:] == [1])
    assert editor.edit.extraSelections()[0].cursor.selectedText() == "dog"
    QTest.mouseMove(editor.edit.viewport(), QPoint(350, place.y()))
    qtbot.waitUntil(lambda: pointed[-1:] == [-1])
    assert editor.edit.extraSelections() == []


def test_the_caret_points_at_words_when_it_is_moved_but_not_when_something_is_typed(
    qtbot: Any, editor: CaptionEditor
) -> None:
    pointed: list[int] = []
    editor.edit.setFocus()
    qtbot.waitUntil(editor.edit.hasFocus)
    editor.word_pointed.connect(pointed.append)
    QTest.keyClick(editor.edit, Qt.Key.Key_End)
    assert pointed == [4]
    QTest.keyClicks(editor.edit, " xx")
    assert pointed == [4, -1]


def test_a_hidden_probability_is_no_reason_to_fail(editor: CaptionEditor) -> None:
    editor.show_caption("One", math.nan, (Alternative("Two", math.nan),))
    assert len(editor.choices) == 2
    editor.grab()
    editor.show_caption("One", -1.0, ())
    assert editor.choices == []


def test_tags_are_left_out_and_taken_back_by_mouse_and_key(qtbot: Any, chips: TagChips) -> None:
    dog = chips.chips[0]
    with qtbot.waitSignal(chips.changed):
        QTest.mouseClick(dog, Qt.MouseButton.LeftButton, pos=QPoint(dog.width() - 10, dog.height() // 2))
    assert (dog.state, chips.removed, chips.added) == (ChipState.REJECTED, ("dog",), ())
    QTest.keyClick(dog, Qt.Key.Key_Space)
    assert (dog.state, chips.removed) == (ChipState.KEPT, ())
    QTest.keyClick(dog, Qt.Key.Key_Delete)
    assert chips.removed == ("dog",)
    QTest.mouseClick(dog, Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    assert chips.removed == ()


def test_a_click_on_a_word_alone_decides_nothing(chips: TagChips) -> None:
    QTest.mouseClick(chips.chips[0], Qt.MouseButton.LeftButton, pos=QPoint(30, 10))
    assert chips.removed == ()


def test_tags_are_added_with_completion_from_the_vocabulary(qtbot: Any, chips: TagChips) -> None:
    chips.set_vocabulary({"sofa": ("furniture",), "bed": ("furniture",), "furniture": ()})
    completer = chips.entry.completer()
    completer.setCompletionPrefix("OF")
    assert [completer.completionModel().index(0, 0).data()] == ["sofa"]
    QTest.keyClicks(chips.entry, "SOFA")
    QTest.keyClick(chips.entry, Qt.Key.Key_Return)
    assert chips.added == ("sofa",)
    assert chips.chips[-1].tag.ancestors == ("furniture",)
    assert chips.entry.text() == ""
    chips.add("  living   room; Berlin ")
    assert chips.added == ("sofa", "living room Berlin")
    chips.add("DOG")
    chips.add(" ")
    assert chips.added == ("sofa", "living room Berlin")
    chips.reject("sofa")
    assert chips.added == ("living room Berlin",)


def test_what_the_model_offers_counts_only_when_accepted(chips: TagChips) -> None:
    chips.offer((Tag("sofa", 0.3), Tag("dog", 0.2), Tag("cat", 0.1)))
    assert states(chips) == {
        "dog": ChipState.KEPT,
        "animal": ChipState.KEPT,
        "sofa": ChipState.OFFERED,
        "cat": ChipState.OFFERED,
    }
    assert chips.added == ()
    sofa = chips.chips[2]
    QTest.mouseClick(sofa, Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    assert chips.added == ("sofa",)
    chips.offer(())
    assert list(states(chips)) == ["dog", "animal", "sofa"]


def test_what_was_decided_earlier_is_shown(chips: TagChips) -> None:
    chips.show_tags((Tag("dog", 0.9), Tag("Bello", 1.0)), rejected=(Tag("cat", 0.6),), added=("Bello",))
    assert states(chips) == {"dog": ChipState.KEPT, "Bello": ChipState.ADDED, "cat": ChipState.REJECTED}
    assert (chips.added, chips.removed) == ((), ())
    chips.add("cat")
    chips.reject("Bello")
    assert (chips.added, chips.removed) == (("cat",), ("Bello",))


def test_a_chip_says_its_hierarchy_and_is_no_html(chips: TagChips) -> None:
    chips.show_tags((Tag("<b>dog</b>", 0.9, ("pet", "animal")),))
    chip = chips.chips[0]
    assert chip.accessibleName().startswith("animal › pet › <b>dog</b>: 90%")
    assert "&lt;b&gt;" in chip.toolTip()
    chips.grab()


def test_very_long_words_do_not_push_the_panel_wide(chips: TagChips) -> None:
    chips.show_tags((Tag("x" * 300, 0.9),))
    chips.resize(240, 200)
    chips.grab()
    assert chips.chips[0].width() <= 240


def test_the_panel_makes_a_draft(qtbot: Any, panel: WordsPanel) -> None:
    panel.show_entry(entry())
    assert panel.draft == Draft()
    panel.caption.choose(1)
    panel.tags.reject("dog")
    panel.tags.add("Bello")
    assert panel.draft == Draft("A dog on a bed", ("Bello",), ("dog",))
    panel.revert()
    assert panel.draft.is_empty


def test_what_was_changed_is_kept_photo_by_photo(panel: WordsPanel) -> None:
    one, other = Path("/photos/one.jpg"), Path("/photos/other.jpg")
    panel.turn(one)
    panel.show_entry(entry())
    panel.caption.type("Half a sente")
    panel.tags.reject("dog")
    panel.show_entry(None)  # its row is gone for a while
    assert panel.draft.is_empty
    assert not panel.isEnabled()
    panel.turn(other)
    panel.show_entry(entry())
    assert panel.draft.is_empty
    panel.turn(one)
    panel.show_entry(entry())
    assert panel.draft == Draft("Half a sente", (), ("dog",))
    panel.revert()
    panel.turn(other)
    panel.turn(one)
    panel.show_entry(entry())
    assert panel.draft.is_empty


def test_what_the_model_said_before_a_person_is_among_the_choices(panel: WordsPanel) -> None:
    own = Caption("Bello on his sofa", math.nan, CAPTION.alternatives, (Tag("Bello", 1.0),))
    panel.show_entry(entry(own, correction=Correction("A dog on a sofa", (TAGS[0],), ("Bello",))))
    assert [choice.text() for choice in panel.caption.choices] == [
        "Bello on his sofa",
        "A dog on a sofa",
        "A dog on a bed",
    ]
    assert states(panel.tags) == {"Bello": ChipState.ADDED, "dog": ChipState.REJECTED}
    assert panel.draft.is_empty


def test_a_rejected_caption_is_the_only_choice(panel: WordsPanel) -> None:
    panel.show_entry(entry(Caption("", math.nan), correction=Correction("A dog on a sofa", TAGS)))
    assert [choice.text() for choice in panel.caption.choices] == ["A dog on a sofa"]
    assert [chip.state for chip in panel.tags.chips] == [ChipState.REJECTED, ChipState.REJECTED]


def test_a_draft_applied_is_the_caption_as_it_would_be() -> None:
    applied = Draft("Bello", ("sofa", "ANIMAL"), ("Dog",)).applied(CAPTION)
    assert applied.text == "Bello"
    assert [tag.label for tag in applied.tags] == ["animal", "sofa"]


def test_how_sure_a_caption_is_does_not_depend_on_its_length() -> None:
    assert confidence("one", math.log(0.5)) == pytest.approx(0.5)
    assert confidence("one two three", 3 * math.log(0.5)) == pytest.approx(0.5)
    assert confidence("one", math.nan) is None
    assert confidence("", -1.0) == pytest.approx(math.exp(-1))
    assert confidence("one two", -1.0, 0.25) == pytest.approx(0.25)


def test_words_are_found_in_the_explanation_however_the_caption_was_edited() -> None:
    explanation = Explanation(
        "A dog and a dog", tuple(WordMap(word, 0.0, None) for word in ["A", "dog", "and", "a", "dog"]), "occlusion"
    )
    assert map_of_word(explanation, ["A", "dog", "and", "a", "dog."], 4) == 4
    assert map_of_word(explanation, ["Dog", "and", "a", "dog"], 0) == 1
    assert map_of_word(explanation, ["one", "dog"], 0) is None
    assert map_of_word(explanation, ["dog", "dog", "dog"], 2) is None
    assert map_of_word(explanation, [], 0) is None


def test_a_sentence_to_choose_has_room_for_all_its_lines(qtbot: Any) -> None:
    """At every width, to the pixel: what is drawn is neither above nor below the button."""
    from tagger_gui.inspector.choice import ChoiceButton

    button = ChoiceButton("A white bird sitting on top of a lush green surface", "23%")
    qtbot.addWidget(button)
    for width in range(180, 420):
        button.resize(width, 10 + button.heightForWidth(width))
        image = button.grab().toImage()
        ground = image.pixel(width - 1, 0)
        inked = [
            y
            for y in range(image.height())
            if any(image.pixel(x, y) != ground for x in range(width // 2, image.width()))
        ]
        assert inked
        assert inked[-1] - inked[0] < button.heightForWidth(width), width
