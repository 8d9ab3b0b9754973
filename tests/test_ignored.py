"""``.taggerignore``: gitignore's rules, the same for a scan and for a single file."""

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from tagger.core.records import Outcome, Photo
from tagger.ignored import Ignored
from tagger.scan import look_below, reaches, scan


def make(root: Path, *names: str, **rules: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    for folder, text in rules.items():
        file = root / folder.replace("__", "/").removeprefix("top").lstrip("/") / ".taggerignore"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def found(*paths: Path, below: Path) -> set[str]:
    below = below.resolve()
    return {item.path.relative_to(below).as_posix() for item in scan(paths) if isinstance(item, Photo)}


NAMES = ("a.jpg", "b.png", "sub/a.jpg", "sub/b.png", "sub/deep/a.jpg", "private/a.jpg", "private/deep/b.png")


@pytest.mark.parametrize(
    ("rules", "left"),
    [
        ({"top": "*.png\n"}, {"a.jpg", "sub/a.jpg", "sub/deep/a.jpg", "private/a.jpg"}),
        ({"top": "private/\n# comment\n\n"}, {"a.jpg", "b.png", "sub/a.jpg", "sub/b.png", "sub/deep/a.jpg"}),
        ({"top": "/a.jpg\n*.png"}, {"sub/a.jpg", "sub/deep/a.jpg", "private/a.jpg"}),
        ({"top": "*\n!*/\n!a.jpg\n", "sub": "a.jpg\n"}, {"a.jpg", "private/a.jpg"}),
        ({"top": "*.png", "sub": "!b.png"}, {"a.jpg", "sub/a.jpg", "sub/b.png", "sub/deep/a.jpg", "private/a.jpg"}),
        ({"top": "sub\n!sub/deep/a.jpg"}, {"a.jpg", "b.png", "private/a.jpg", "private/deep/b.png"}),
        ({"top": "**/deep/\n!\n"}, {"a.jpg", "b.png", "sub/a.jpg", "sub/b.png", "private/a.jpg"}),
        ({"top": "\ufeffprivate\n"}, {"a.jpg", "b.png", "sub/a.jpg", "sub/b.png", "sub/deep/a.jpg"}),
    ],
)
def test_rules(tmp_path: Path, rules: dict[str, str], left: set[str]) -> None:
    make(tmp_path, *NAMES, **rules)
    assert found(tmp_path, below=tmp_path) == left
    looks = {name: look_below(tmp_path.resolve(), tmp_path.resolve() / name, Ignored(tmp_path)) for name in NAMES}
    assert {name for name, look in looks.items() if isinstance(look, Photo)} == left


def test_rules_of_folders_above(tmp_path: Path) -> None:
    make(tmp_path, *NAMES, top="*.png\n")
    assert found(tmp_path / "sub", below=tmp_path) == {"sub/a.jpg", "sub/deep/a.jpg"}


def test_what_is_named_is_not_left_out(tmp_path: Path) -> None:
    make(tmp_path, *NAMES, top="private\n*.png")
    assert found(tmp_path / "b.png", below=tmp_path) == {"b.png"}
    assert found(tmp_path / "private", below=tmp_path) == {"private/a.jpg", "private/deep/b.png"}
    assert found(tmp_path / "private/deep", below=tmp_path) == {"private/deep/b.png"}


def test_patterns_of_arguments(tmp_path: Path) -> None:
    make(tmp_path, *NAMES, top="*.png\n")
    assert found(tmp_path / "*/*.*", below=tmp_path) == {"sub/a.jpg", "private/a.jpg"}


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is unreadable for root")
def test_rules_that_cannot_be_read(tmp_path: Path) -> None:
    make(tmp_path, *NAMES, private="a.jpg")
    (tmp_path / "private/.taggerignore").chmod(0)
    outcomes = [item for item in scan([tmp_path]) if isinstance(item, Outcome)]
    assert [outcome.reason for outcome in outcomes] == ["cannot read .taggerignore: permission denied"]
    assert not any(name.startswith("private") for name in found(tmp_path, below=tmp_path))


def test_rules_that_cannot_be_read_leave_the_folder_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, *NAMES)
    real = Path.read_bytes

    def read_bytes(path: Path) -> bytes:
        if path.name == ".taggerignore" and path.parent.name == "private":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    assert not any(name.startswith("private") for name in found(tmp_path, below=tmp_path))
    outcomes = [item for item in scan([tmp_path]) if isinstance(item, Outcome)]
    assert [outcome.reason for outcome in outcomes] == ["cannot read .taggerignore: permission denied"]
    photo = tmp_path.resolve() / "private/a.jpg"
    assert isinstance(look_below(tmp_path.resolve(), photo, Ignored(tmp_path.resolve())), Outcome)


def test_what_a_scan_does_not_reach(tmp_path: Path) -> None:
    top = tmp_path.resolve()
    make(top, ".hidden/a.jpg", "sub/.hidden/a.jpg", "sub/a.jpg", "@eaDir/a.jpg", "sub/a.txt")
    (top / "link").symlink_to(top / "sub")
    for name in (".hidden/a.jpg", "sub/.hidden/a.jpg", "@eaDir/a.jpg", "link/a.jpg", "sub/a.txt", "../a.jpg"):
        assert look_below(top, top / name, Ignored(top)) is None
    assert isinstance(look_below(top, top / "sub/a.jpg", Ignored(top)), Photo)
    assert reaches(top, top)
    assert not reaches(top, top.parent)
    assert not reaches(top, top / "missing")


@pytest.mark.skipif(not shutil.which("git"), reason="no git here")
@pytest.mark.parametrize("seed", range(12))
def test_as_git_does(tmp_path: Path, seed: int) -> None:
    """Random rules over random trees: left is what git would add."""
    chance = random.Random(seed)
    words = ["a", "b", "c"]
    names = {
        "/".join([*chance.choices(words, k=chance.randint(0, 3)), f"{chance.choice(words)}.jpg"]) for _ in range(40)
    }
    make(tmp_path, *names)
    patterns = [
        "a/",
        "/b",
        "*.jpg",
        "!a.jpg",
        "b/*.jpg",
        "**/c/",
        "a/**",
        "!c/",
        "c/**/b.jpg",
        "!/a/b",
        "[ab].jpg",
        "?",
        "*",
        "!*/",
    ]
    for folder in (tmp_path, *(path for path in tmp_path.rglob("*") if path.is_dir() and chance.random() < 0.4)):
        text = "\n".join(chance.sample(patterns, chance.randint(1, 3))) + "\n"
        (folder / ".taggerignore").write_text(text)
        (folder / ".gitignore").write_text(text)
    git = ["git", "-C", str(tmp_path), "-c", "core.excludesFile=/dev/null"]
    subprocess.run([*git, "init", "-q"], check=True)
    listed = subprocess.run(
        [*git, "ls-files", "--others", "--exclude-standard", "-z"], check=True, capture_output=True, text=True
    )
    assert found(tmp_path, below=tmp_path) == {name for name in listed.stdout.split("\0") if name.endswith(".jpg")}
