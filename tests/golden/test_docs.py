"""The documentation says what the program does."""

import re
from pathlib import Path

from tagger.cli.main import COMMANDS
from tagger.metadata import fields

ROOT = Path(__file__).resolve().parents[2]


def test_the_table_of_fields_is_the_code_s() -> None:
    assert fields.markdown() in (ROOT / "docs/metadata.md").read_text(encoding="utf-8")


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in (*COMMANDS, "train", "export"):
        assert f"tagger {command}" in readme


def test_local_links_lead_somewhere() -> None:
    for page in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("benchmarks/*.md")):
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
