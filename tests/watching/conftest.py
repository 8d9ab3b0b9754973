"""The user's settings for a watcher: the tiny bundle."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_settings(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, bundle_folder: Path
) -> Path:
    """Settings and state of a user of the test's own; returns the folder of the state."""
    home = tmp_path_factory.mktemp("home")
    for name, below in (("HOME", "."), ("XDG_CONFIG_HOME", "config"), ("XDG_STATE_HOME", "state")):
        monkeypatch.setenv(name, str(home / below))
    file = home / "config/tagger/tagger.toml"
    file.parent.mkdir(parents=True)
    file.write_text(f'bundle = "{bundle_folder}"\njobs = 2\n')
    return home / "state/tagger"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty folder to be watched."""
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder.resolve()
