"""Lines of results: there and back, and whatever else a file may hold."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from contracts.examples import captions, relative_paths, sizes
from hypothesis import given
from hypothesis import strategies as st

from tagger.core.errors import RunError
from tagger.core.records import Alternative, Caption, OutcomeKind, Tag
from tagger.results import MAX_LINE, Line, Result, from_line, read_lines, to_line

DOG = Caption("A dog", -1.5, (Alternative("A wet dog", -2.5),), (Tag("dog", 0.75, ("pet", "animal")),), b"\0\x3c", b"f")
RESULT = Result("2024/a.jpg", 10, 1_700_000_000_123_456_789, "tiny 1", "beam 3 1#abc", "ab" * 32, caption=DOG)


def test_confidence_comes_along() -> None:
    sure = replace(RESULT, caption=replace(DOG, confidence=0.75))
    assert from_line(line(to_line(sure))).caption == sure.caption
    assert b"confidence" not in to_line(RESULT)
    for wrong in (1.5, "much", True):
        with pytest.raises(ValueError, match="confidence"):
            from_line(changed(confidence=wrong))


def line(content: bytes | None, *, whole: bool = True) -> Line:
    return Line(Path("r.ndjson"), 1, content, whole)


def changed(**values: Any) -> Line:
    record = json.loads(to_line(RESULT)) | values
    return line(json.dumps({key: value for key, value in record.items() if value is not ...}).encode())


def test_there_and_back() -> None:
    assert from_line(line(to_line(RESULT))) == RESULT
    caption = from_line(line(to_line(RESULT))).caption
    assert caption is not None
    assert (caption.scores, caption.features) == (DOG.scores, DOG.features)
    failed = Result("a.jpg", 1, 2, "tiny 1", "greedy", kind=OutcomeKind.FAILED, reason="cannot read the picture")
    assert from_line(line(to_line(failed))) == failed
    assert to_line(RESULT).count(b"\n") == 1


@given(path=relative_paths.filter(lambda path: not path.startswith("\\") and path[1:2] != ":"), size=sizes)
def test_any_name_there_and_back(path: str, size: int) -> None:
    result = replace(RESULT, path=os.fsencode(path).decode("utf-8", "surrogateescape"), size=size)
    assert from_line(line(to_line(result))) == result


@given(caption=captions)
def test_any_caption_is_taken_or_refused(caption: Caption) -> None:
    """What comes back is what went in; letters that are none, and numbers that cannot be, are refused."""
    try:
        back = from_line(line(to_line(replace(RESULT, caption=caption)))).caption
    except ValueError:
        return
    assert back == caption


@given(
    value=st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists), data=st.data()
)
def test_no_value_is_a_bug(value: object, data: st.DataObject) -> None:
    record = json.loads(to_line(RESULT))
    key = data.draw(st.sampled_from(sorted(record)))
    try:
        from_line(line(json.dumps(record | {key: value}).encode()))
    except ValueError as error:
        assert str(error)
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"tagger_results": 2}, "format '2', this version of tagger reads 1: update tagger"),
        ({"tagger_results": True}, "format 'True', this version of tagger reads 1: update tagger"),
        ({"tagger_results": ...}, "not a line of results"),
        ({"outcome": "restored"}, "outcome is not captioned, unchanged, skipped or failed"),
        ({"path": "/etc/a.jpg"}, "path leads out of the library"),
        ({"path": "../a.jpg"}, "path leads out of the library"),
        ({"path": "x/../../a.jpg"}, "path leads out of the library"),
        ({"path": "C:/a.jpg"}, "path leads out of the library"),
        ({"path": "\\\\server\\a.jpg"}, "path leads out of the library"),
        ({"path": "x//a.jpg"}, "path is not a file name"),
        ({"path": "./a.jpg"}, "path is not a file name"),
        ({"path": ""}, "path is not a file name"),
        ({"path": "a\0.jpg"}, "path is not a file name"),
        ({"path": "\ud800.jpg"}, "path is not a file name"),
        ({"path": 5}, "path is not a file name"),
        ({"path": "x" * 9000}, "path is not a file name"),
        ({"size": "5"}, "size is not a whole number"),
        ({"size": True}, "size is not a whole number"),
        ({"size": 1 << 63}, "size is not a whole number"),
        ({"mtime_ns": 1.5}, "mtime_ns is not a whole number"),
        ({"identity": "AB" * 32}, "identity is not a SHA-256"),
        ({"identity": None}, "identity is not a SHA-256"),
        ({"model": ""}, "model is not a text of up to 500 letters"),
        ({"model": "a\nb"}, "model holds letters that are none"),
        ({"caption": "a\x1b[2J"}, "caption holds letters that are none"),
        ({"caption": None}, "caption is not a text of up to 2000 letters"),
        ({"caption": "x" * 2001}, "caption is not a text of up to 2000 letters"),
        ({"log_probability": None}, "log_probability is not a number that can be"),
        ({"log_probability": 10**400}, "log_probability is not a number that can be"),
        ({"alternatives": {}}, "alternatives is not a list of up to 100"),
        ({"alternatives": [["a"]]}, "alternatives holds something else"),
        ({"tags": [["dog", 1.5, []]]}, "tags is not a number that can be"),
        ({"tags": [["", 0.5, []]]}, "tags is not a text of up to 200 letters"),
        ({"tags": [["dog", 0.5, "pet"]]}, "ancestors is not a list of up to 50"),
        ({"tags": [["dog", 0.5, []]] * 2001}, "tags is not a list of up to 2000"),
        ({"scores": "%%%"}, "scores is not base64 of up to 50000 letters"),
        ({"features": "A" * 10_004}, "features is not base64 of up to 10000 letters"),
    ],
)
def test_refused(values: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError) as caught:
        from_line(changed(**values))
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"hello\n", "not JSON"),
        (b"\xff\xfe\n", "not JSON"),
        (b"[]\n", "not a line of results"),
        (b"[" * 100_000 + b"\n", "not JSON"),
        (to_line(RESULT).replace(b"-1.5", b"NaN"), "not JSON"),
        (None, "longer than 1 MB"),
    ],
)
def test_no_line(content: bytes | None, reason: str) -> None:
    with pytest.raises(ValueError) as caught:
        from_line(line(content))
    assert str(caught.value) == reason


def test_lines_of_a_file(tmp_path: Path) -> None:
    """Huge lines cost no memory and hide none behind them; the last one may be cut off."""
    file = tmp_path / "r.ndjson"
    file.write_bytes(b"one\n" + b"x" * (3 * MAX_LINE) + b"\nthree\n" + b"y" * MAX_LINE + b"\nfive")
    lines = [(found.number, found.content and len(found.content), found.whole) for found in read_lines(file)]
    assert lines == [(1, 4, True), (2, None, True), (3, 6, True), (4, None, True), (5, 4, False)]
    with pytest.raises(ValueError, match="cut off"):
        from_line(Line(file, 5, b'{"tagger_results":1,', whole=False))


def test_no_file(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path, Path("a\0b")):
        with pytest.raises(RunError, match=r"^cannot read "):
            list(read_lines(path))
