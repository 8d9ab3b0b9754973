"""Every sentence of the program, and the files in which people translate them. A tool of developers, run by hand.

``python -m tagger_gui.strings`` reads the sources, brings ``translations/*.ts`` up to date (what is translated stays,
what is gone goes) and has Qt's ``lrelease`` make the ``.qm`` files that the program loads. Qt's ``lupdate`` does not
know our ``_tr``. Source of the format: Qt Linguist's TS file format, version 2.1.
"""

import ast
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tagger_gui.languages import LANGUAGES

HERE = Path(__file__).parent
TRANSLATIONS = HERE / "translations"
PLURALS = {"de": 2, "es": 2, "fr": 2, "zh_CN": 1}
"""How many forms a counted noun has, in the order that Qt wants them."""

_OF_OTHERS = {"parent": "MainWindow", "window": "MainWindow"}  # whose tr() is called where it is not our own


@dataclass(frozen=True, slots=True, order=True)
class String:
    """A sentence in English, in the context in which Qt looks it up; ``counted``: it holds a number, ``%n``."""

    context: str
    text: str
    counted: bool = False


def collect() -> list[String]:
    """All strings of the sources, each once, in order. Raises ValueError where one cannot be told from the source."""
    found: set[String] = set()
    for file in sorted(HERE.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        helper = _helper(tree)
        found.update(_strings(tree, "", helper, file))
    return sorted(found)


def read(language: str) -> dict[String, tuple[str, ...]]:
    """What is translated into a language: the forms of each string, one where it is not counted."""
    file = TRANSLATIONS / f"tagger_{language}.ts"
    if not file.exists():
        return {}
    done: dict[String, tuple[str, ...]] = {}
    for context in ET.parse(file).getroot().iter("context"):  # noqa: S314 - our own file
        for message in context.iter("message"):
            counted = message.get("numerus") == "yes"
            translation = message.find("translation")
            if translation is None or translation.get("type"):
                continue
            forms = (
                [form.text or "" for form in translation.iter("numerusform")] if counted else [translation.text or ""]
            )
            string = String(context.findtext("name", ""), message.findtext("source", ""), counted)
            done[string] = tuple(forms)
    return done


def write(language: str, strings: list[String], done: Mapping[String, tuple[str, ...]]) -> Path:
    """Write the strings of a language, those without translation as unfinished; returns the file."""
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    contexts: dict[str, ET.Element] = {}
    for string in strings:
        if string.context not in contexts:
            contexts[string.context] = ET.SubElement(root, "context")
            ET.SubElement(contexts[string.context], "name").text = string.context
        numerus = {"numerus": "yes"} if string.counted else {}
        message = ET.SubElement(contexts[string.context], "message", numerus)
        ET.SubElement(message, "source").text = string.text
        forms = done.get(string, ())
        translation = ET.SubElement(message, "translation", {} if forms else {"type": "unfinished"})
        if string.counted:
            for form in forms or ("",) * PLURALS[language]:
                ET.SubElement(translation, "numerusform").text = form
        elif forms:
            translation.text = forms[0]
    ET.indent(root, " ")
    file = TRANSLATIONS / f"tagger_{language}.ts"
    body = ET.tostring(root, encoding="unicode")
    file.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', encoding="utf-8", newline="\n")
    return file


def release(file: Path) -> Path:
    """Make the file that Qt loads. Raises CalledProcessError, OSError."""
    compiled = file.with_suffix(".qm")
    tool = Path(sys.executable).with_name("pyside6-lrelease")
    subprocess.run([tool, "-silent", file, "-qm", compiled], check=True)  # noqa: S603 - PySide6's own tool
    return compiled


def main() -> int:
    """Bring all files up to date; returns 1 where a string is not translated."""
    strings, missing = collect(), 0
    for language in LANGUAGES:
        if language == "en":
            continue
        done = read(language)
        release(write(language, strings, done))
        left = [string for string in strings if string not in done]
        missing += len(left)
        print(f"{language}: {len(strings)} strings, {len(left)} not translated")  # noqa: T201
        for string in left:
            print(f"  {string.context}: {string.text!r}")  # noqa: T201
    return 1 if missing else 0


def _helper(tree: ast.Module) -> str:
    """The context of a module's own ``_tr``; empty where it has none."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "_tr":
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and _name(call) == "translate" and isinstance(call.args[0], ast.Constant):
                    return str(call.args[0].value)
    return ""


def _strings(node: ast.AST, within: str, helper: str, file: Path) -> Iterator[String]:
    """The strings at and below a node of the class ``within``."""
    if isinstance(node, ast.FunctionDef) and node.name == "_tr":
        return
    if isinstance(node, ast.ClassDef):
        within = node.name
    if isinstance(node, ast.Call):
        yield from _string(node, within, helper, file)
    for child in ast.iter_child_nodes(node):
        yield from _strings(child, within, helper, file)


def _string(call: ast.Call, within: str, helper: str, file: Path) -> Iterator[String]:
    name = _name(call)
    if name == "_tr":
        context, arguments = helper, call.args
    elif name == "tr" and isinstance(call.func, ast.Attribute):
        whose = call.func.value
        last = whose.attr if isinstance(whose, ast.Attribute) else whose.id if isinstance(whose, ast.Name) else ""
        context, arguments = within if last == "self" else _OF_OTHERS.get(last, ""), call.args
    elif name == "translate" and len(call.args) >= 2 and isinstance(call.args[0], ast.Constant):
        context, arguments = str(call.args[0].value), call.args[1:]
    else:
        return
    text = arguments[0]
    if not context or not isinstance(text, ast.Constant) or not isinstance(text.value, str):
        raise ValueError(f"{file}:{call.lineno}: whose string is this?")
    yield String(context, text.value, counted=len(arguments) > 2)


def _name(call: ast.Call) -> str:
    """The last word of what is called."""
    function = call.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


if __name__ == "__main__":
    sys.exit(main())
