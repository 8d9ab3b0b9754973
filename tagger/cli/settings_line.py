"""One line of a settings file, ``bundle = ...``, written or taken out; every other byte stays.

Knows no other setting: the desktop program edits those. A result that would say anything else is not written.
"""

import json
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from tagger.core.errors import RunError

_BOM = "\N{BYTE ORDER MARK}"
_LINE = re.compile(
    r"""^(?P<key>[ \t]*(?:bundle|"bundle"|'bundle')[ \t]*=[ \t]*)(?:"(?:[^"\\\r\n]|\\.)*"|'[^'\r\n]*')"""
    r"(?P<rest>[ \t]*(?:\#[^\r\n]*)?)(?P<end>\r?\n|\Z)",
    re.MULTILINE,
)


def set_bundle(file: Path, bundle: Path | None) -> bool:
    """Have the settings ``file`` name this bundle, or none; returns whether that changed it.

    Raises RunError where it cannot be read or written, is not valid, or says it in a way that is not understood.
    """
    before = _read(file)
    text = before.decode("utf-8-sig") if before is not None else ""
    values = _parse(text)
    wanted = {key: value for key, value in values.items() if key != "bundle"}
    if bundle is not None:
        wanted["bundle"] = str(bundle)
    if wanted == values:
        return False
    for changed in _candidates(text, bundle):
        with suppress(tomllib.TOMLDecodeError):
            if _parse(changed) == wanted:
                bom = _BOM if (before or b"").startswith(_BOM.encode()) else ""
                _write(file, before, (bom + changed).encode("utf-8"))
                return True
    raise RunError(f"{file}: its line bundle = ... is written in an unusual way", "change it in a text editor")


def _candidates(text: str, bundle: Path | None) -> Iterator[str]:
    """The text with each line changed that looks like the one; first of all, where there is none, with a new line."""
    value = json.dumps(str(bundle), ensure_ascii=False).replace("\x7f", "\\u007f")
    newline = "\r\n" if "\r\n" in text else "\n"
    for line in _LINE.finditer(text):
        new = "" if bundle is None else f"{line['key']}{value}{line['rest']}{line['end']}"
        yield text[: line.start()] + new + text[line.end() :]
    if bundle is not None:
        yield f"bundle = {value}{newline}{text}"


def _read(file: Path) -> bytes | None:
    try:
        content = file.read_bytes()
        _parse(content.decode("utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise RunError(f"cannot read {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RunError(f"{file} is not text in UTF-8", "save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise RunError(f"{file} is not valid TOML: {error}", "correct it in a text editor") from error
    return content


def _parse(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def _write(file: Path, before: bytes | None, content: bytes) -> None:
    """Put ``content`` in place of ``before``, whole or not at all; what is a link stays one."""
    target = Path(os.path.realpath(file))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix=".tagger-", suffix=".toml", dir=target.parent)
        try:
            with os.fdopen(number, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            if before is not None:
                shutil.copymode(target, name)
            if _read(file) != before:
                raise RunError(f"{file} was changed meanwhile by another program", "run the command again")
            Path(name).replace(target)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"cannot write {file}: {error.strerror}", "check its rights") from error
