"""The history of a training as pictures. Knows nothing but ``history.csv``."""

import csv
from collections.abc import Mapping
from pathlib import Path

from tagger_training.standing import HISTORY

LOSS = {"loss": "training", "val_loss": "validation"}
ACCURACY = {"accuracy": "training", "val_accuracy": "validation"}
REWARD = {"reward": "training, drawn captions"}
CIDER = {"val_cider": "validation"}


def plot_history(folder: Path) -> None:
    """Draw ``loss.png``, and ``metric.png``: the share of right words, and CIDEr-D where it was measured."""
    rows = _rows(folder)
    _plot(folder / "loss.png", rows, {"cross-entropy a word": LOSS})
    _plot(folder / "metric.png", rows, {"right words (share)": ACCURACY, "CIDEr-D": CIDER})


def plot_rewards(folder: Path) -> None:
    """Draw ``loss.png`` and ``metric.png`` of self-critical training: cross-entropy, reward and CIDEr-D."""
    rows = _rows(folder)
    _plot(folder / "loss.png", rows, {"cross-entropy a word": {"cross_entropy": "training"}})
    _plot(folder / "metric.png", rows, {"CIDEr-D": REWARD | CIDER})


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / HISTORY).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _plot(path: Path, rows: list[dict[str, str]], panels: Mapping[str, Mapping[str, str]]) -> None:
    """One panel for every measure that the rows have: its name, and the columns that it draws with their labels."""
    from matplotlib.figure import Figure

    drawn = {
        title: {name: label for name, label in lines.items() if any(row.get(name) for row in rows)}
        for title, lines in panels.items()
    }
    drawn = {title: lines for title, lines in drawn.items() if lines}
    if not drawn:
        return
    figure = Figure(figsize=(6, 1 + 3 * len(drawn)), layout="constrained")
    for axes, (title, lines) in zip(figure.subplots(len(drawn), squeeze=False)[:, 0], drawn.items(), strict=True):
        for name, label in lines.items():
            points = [(int(row["epoch"]) + 1, float(row[name])) for row in rows if row.get(name)]
            axes.plot(*zip(*points, strict=True), marker="o", label=label)
        axes.set(xlabel="epoch", ylabel=title)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.legend()
    figure.savefig(path, dpi=110)
