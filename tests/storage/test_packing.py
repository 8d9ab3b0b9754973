"""Old and new bytes of a change, packed and unpacked."""

import os
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.storage.packing import pack, pack_text, unpack, unpack_text


@given(old=st.binary(max_size=5000), new=st.binary(max_size=5000), shared=st.binary(max_size=5000))
def test_any_round_trip(old: bytes, new: bytes, shared: bytes) -> None:
    for before, after in ((old, new), (old + shared, new + shared), (shared, shared + new), (shared + old, shared)):
        assert unpack(*pack(before, after)) == (before, after)


def test_what_both_hold_is_stored_once() -> None:
    shared = os.urandom(20_000)
    old, new = pack(shared + b"old", b"the new words" + shared)
    assert len(old) > 20_000
    assert len(new) < 500


def test_beyond_the_window() -> None:
    old, new = os.urandom(100_000), os.urandom(100_000)
    for after in (new, old + new, old[-10_000:] + new):
        assert unpack(*pack(old, after)) == (old, after)


def test_of_older_versions() -> None:
    assert unpack(zlib.compress(b"old"), zlib.compress(b"new")) == (b"old", b"new")


@given(text=st.text(st.characters(max_codepoint=127)))
def test_texts(text: str) -> None:
    assert unpack_text(pack_text(text)) == text == unpack_text(text)


@pytest.mark.parametrize("value", [b"", b"text", pack_text("text")[:-1], zlib.compress(b"\xff")])
def test_damaged_texts(value: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpack_text(value)


@pytest.mark.parametrize("cut", [0, 1, 2, 10, -1])
def test_damaged(cut: int) -> None:
    old, new = pack(bytes(range(256)) * 10, bytes(range(256)) * 10 + b"more")
    with pytest.raises(ValueError, match=r"."):
        unpack(old, new[:cut])
    with pytest.raises(ValueError, match=r"."):
        unpack(old[:cut], new)
