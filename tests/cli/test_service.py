"""``tagger service``: files of the system's own service, written, shown and removed."""

import json
import plistlib
from pathlib import Path

import pytest

from cli.conftest import Cli
from tagger.watching.pauses import pause_file
from tagger.watching.status import log_file, state_folder

PLATFORMS = ("linux", "macos", "windows")


@pytest.fixture(autouse=True)
def home(settings_file: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, and no service manager that could be reached."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
    monkeypatch.setenv("PATH", "/nowhere")
    return settings_file.parent.parent


@pytest.mark.parametrize("platform", PLATFORMS)
def test_print(capfdbinary: pytest.CaptureFixture[bytes], photos: Path, home: Path, platform: str) -> None:
    from tagger.cli.main import main

    arguments = ["service", "install", "--print", "--platform", platform, "--quiet-hours", "22:00-7:00", "--no-write"]
    assert main([*arguments, "--poll", "30", "--settle", "4", "--battery", "ignore", str(photos)]) == 0
    out = capfdbinary.readouterr().out
    text = out.decode("utf-16" if platform == "windows" else "utf-8")
    for word in (
        "--existing",
        "--quiet-hours",
        "22:00-07:00",
        "--no-write",
        "--poll",
        "30",
        "4",
        "ignore",
        str(photos),
    ):
        assert word in text
    assert "--priority" not in text
    assert not list(home.rglob("tagger-watch*"))
    if platform == "macos":
        assert plistlib.loads(out)["ProgramArguments"][1:4] == ["-m", "tagger", "watch"]


def test_what_is_installed_can_be_parsed_again(photos: Path) -> None:
    from tagger.cli.service import _command, _parser
    from tagger.cli.watch import parser

    given = _parser().parse_args(
        ["install", "--poll", "--no-write", "--jobs", "3", "--log-level", "debug", str(photos)]
    )
    words = _command(given, [photos])
    read = parser().parse_args(words[words.index("watch") + 1 :])
    assert (read.poll, read.write, read.jobs, read.log_level, read.folders) == (5.0, False, 3, "debug", [str(photos)])
    assert (read.existing, read.name, read.settle) == (True, "service", 2.0)


def test_install_and_uninstall(cli: Cli, photos: Path, home: Path) -> None:
    done = cli("service", "install", photos)
    file = home / "systemd/user/tagger-watch.service"
    assert done.code == 0
    assert f'"{photos}"' in file.read_text()
    assert "systemctl --user enable tagger-watch.service" in done.out
    assert (photos / ".tagger").is_dir()
    status = cli("service", "status")
    assert (status.code, str(file) in status.out) == (1, True)
    assert cli("service", "uninstall").code == 0
    assert not file.exists()
    assert "no service is installed" in cli("service", "uninstall").err


def test_systemctl_is_run_where_it_is(cli: Cli, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = tmp_path / "said"
    program = tmp_path / "bin/systemctl"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> {said}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/bin:/usr/bin")
    cli("service", "install", photos)
    cli("service", "uninstall")
    assert said.read_text().splitlines() == [
        "--user daemon-reload",
        "--user enable tagger-watch.service",
        "--user restart tagger-watch.service",
        "--user disable --now tagger-watch.service",
        "--user daemon-reload",
    ]


def test_what_cannot_be_installed(cli: Cli, photos: Path, home: Path) -> None:
    broken = photos / "line\nbreak"
    broken.mkdir()
    assert "rename it" in cli("service", "install", broken).err
    assert "no such folder" in cli("service", "install", photos / "missing").err
    assert cli("service", "install", "--platform", "windows", photos).code == 2
    assert not list(home.rglob("tagger-watch*"))


def test_logs(cli: Cli) -> None:
    assert "has not run yet" in cli("service", "logs").err
    state_folder().mkdir(parents=True, exist_ok=True)
    log_file("service").write_text("".join(f"line {number} \x1b\n" for number in range(100)))
    assert cli("service", "logs", "-n", "2").out == "line 98 \\x1b\nline 99 \\x1b\n"


def test_status_of_a_service_that_ran(cli: Cli, photos: Path) -> None:
    cli("watch", "--once", "--settle", "0.1", "--name", "service", photos)
    shown = cli("service", "status")
    assert "3 captioned" in shown.out
    assert json.loads(cli("status", "--json", "--all").out)["name"] == "service"


def test_pause_and_resume(cli: Cli) -> None:
    file = pause_file("service")
    done = cli("service", "pause")
    assert (done.code, file.exists()) == (0, True)
    assert "until tagger service resume" in done.out
    assert "does not run now" in done.err
    assert "paused      yes" in cli("service", "status").out
    assert cli("service", "resume").out == "goes on\n"
    assert cli("service", "resume").out == "it was not paused\n"
    assert not file.exists()


def test_a_pause_ends_with_the_service(cli: Cli, photos: Path) -> None:
    assert cli("service", "install", str(photos)).code == 0
    cli("service", "pause")
    assert "it is paused" in cli("service", "install", str(photos)).out
    assert cli("service", "uninstall").code == 0
    assert not pause_file("service").exists()
