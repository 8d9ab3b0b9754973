"""What the settings dialogue shows: each setting with its words, by page. Knows names and words, no widget."""

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QCoreApplication


class Kind(Enum):
    """How a setting is edited."""

    CHOICE = auto()
    FLAG = auto()
    NUMBER = auto()
    SHARE = auto()
    TEXT = auto()
    WORDS = auto()
    FOLDER = auto()
    WORD_OF = auto()
    WORDS_OF = auto()
    SHARE_OF = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """One setting: its ``key`` in the file, its ``label``, a sentence about it.

    ``choices`` are pairs of value and word; ``zero`` is what 0, or nothing, is called; ``low`` and ``high`` are the
    ends of a number.
    """

    key: str
    kind: Kind
    label: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    zero: str = ""
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Settings that belong together; ``words`` stand above them."""

    title: str
    words: str
    fields: tuple[Field, ...]


def _tr(text: str) -> str:
    return QCoreApplication.translate("settings", text)


def pages() -> tuple[Page, ...]:
    """All settings of tagger, in the language of the interface."""
    return (_captions(), _files(), _tags(), _speed(), _undo())


def _captions() -> Page:
    return Page(
        _tr("Captions"),
        _tr("A caption that you approved is never changed."),
        (
            Field(
                "caption_policy",
                Kind.CHOICE,
                _tr("Where a photo has a caption"),
                _tr("A caption that a person, or another program, wrote before."),
                (
                    ("keep", _tr("Keep it")),
                    ("append", _tr("Put ours behind it")),
                    ("replace", _tr("Put ours in its place")),
                ),
            ),
            Field(
                "caption_style",
                Kind.CHOICE,
                _tr("How a caption is written"),
                choices=(
                    ("as-is", _tr("As the model says it")),
                    ("sentence", _tr("A dog on a beach")),
                    ("lower", _tr("a dog on a beach")),
                    ("full-stop", _tr("A dog on a beach.")),
                ),
            ),
            Field(
                "neutral",
                Kind.FLAG,
                _tr("Do not say man or woman"),
                _tr("The model guesses it, and is often wrong: person says as much."),
            ),
            Field(
                "write",
                Kind.FLAG,
                _tr("Write into the photos"),
                _tr("Otherwise captions and tags are kept in the index only, where search finds them."),
            ),
            Field(
                "review_below",
                Kind.SHARE,
                _tr("Ask me below a score of"),
                _tr("Captions that score less wait for your review. 0: none waits."),
                zero=_tr("as the model has it"),
            ),
        ),
    )


def _files() -> Page:
    return Page(
        _tr("Files"),
        _tr("The picture itself is never touched, only the words that are stored with it."),
        (
            Field(
                "sidecar",
                Kind.CHOICE,
                _tr("Sidecars"),
                _tr("A sidecar is a small XMP file beside the photo."),
                (
                    ("auto", _tr("Where the photo cannot hold words, or has one")),
                    ("always", _tr("For every photo; photos stay as they are")),
                    ("never", _tr("Never")),
                ),
            ),
            Field(
                "sidecar_name",
                Kind.CHOICE,
                _tr("Name of a new sidecar"),
                choices=(
                    ("ext", _tr("photo.jpg.xmp (darktable, digiKam)")),
                    ("stem", _tr("photo.xmp (Lightroom, Capture One)")),
                ),
            ),
            Field("keep_time", Kind.FLAG, _tr("Leave the date of change as it was")),
            Field(
                "hard_links",
                Kind.CHOICE,
                _tr("Photos with several names"),
                _tr("Some backup programs give one file several names."),
                (
                    ("sidecar", _tr("Write a sidecar")),
                    ("replace", _tr("Write the photo, which separates the names")),
                ),
            ),
        ),
    )


def _tags() -> Page:
    several = _tr("Several are separated by commas.")
    return Page(
        _tr("Tags"),
        _tr("Names are labels of the model, or the words you write for them. * stands for any text."),
        (
            Field("tags.allow", Kind.WORDS, _tr("Only these"), several, zero=_tr("all that the model knows")),
            Field("tags.deny", Kind.WORDS, _tr("Never these"), several, zero=_tr("none")),
            Field("tags.max", Kind.NUMBER, _tr("Most tags a photo"), zero=_tr("no limit"), high=1000),
            Field("tags.min_score", Kind.SHARE, _tr("At least so sure"), _tr("0: the model decides for each tag.")),
            Field("tags.thresholds", Kind.SHARE_OF, _tr("So sure for single tags"), _tr("One a line: person = 0.8")),
            Field("tags.synonyms", Kind.WORD_OF, _tr("My own words"), _tr("One a line: dog = Hund")),
            Field("tags.hierarchy", Kind.WORDS_OF, _tr("Parents"), _tr("One a line: dog = pet, animal")),
            Field("tags.write_parents", Kind.FLAG, _tr("Write parents as tags too")),
            Field(
                "tags.hierarchical",
                Kind.CHOICE,
                _tr("Fields for hierarchies"),
                _tr("Those of Lightroom and digiKam."),
                (
                    ("auto", _tr("Where the photo has them")),
                    ("always", _tr("In every photo")),
                    ("never", _tr("Never")),
                ),
            ),
            Field(
                "tags.case",
                Kind.CHOICE,
                _tr("Capital letters"),
                choices=(
                    ("as-is", _tr("As they are")),
                    ("lower", _tr("lower case")),
                    ("upper", _tr("UPPER CASE")),
                    ("title", _tr("Each Word")),
                    ("sentence", _tr("First word")),
                ),
            ),
            Field("tags.prefix", Kind.TEXT, _tr("Before every tag"), zero=_tr("nothing")),
            Field("tags.suffix", Kind.TEXT, _tr("Behind every tag"), zero=_tr("nothing")),
        ),
    )


def _speed() -> Page:
    return Page(
        _tr("Model and speed"),
        _tr("What is slow on one computer may be right on another: Models in the menu measures it."),
        (
            Field(
                "bundle", Kind.FOLDER, _tr("Model"), _tr("The folder of a model."), zero=_tr("the one that came along")
            ),
            Field(
                "device",
                Kind.CHOICE,
                _tr("Runs on"),
                _tr("A graphics card needs the package onnxruntime-gpu."),
                (
                    ("auto", _tr("Whatever is there")),
                    ("cpu", _tr("Processor")),
                    ("cuda", _tr("Graphics card (CUDA)")),
                ),
            ),
            Field(
                "quality",
                Kind.CHOICE,
                _tr("Trouble taken over a caption"),
                _tr("Where the model has learned to choose among several."),
                (
                    ("fast", _tr("Little: the first that is found")),
                    ("default", _tr("As usual: the best of several")),
                    ("best", _tr("Much: the best of many, slower")),
                ),
            ),
            Field("batch_size", Kind.NUMBER, _tr("Photos at once"), low=1, high=1024),
            Field("jobs", Kind.NUMBER, _tr("Threads that read photos"), zero=_tr("as many as suit"), high=256),
            Field(
                "beam_width",
                Kind.NUMBER,
                _tr("Sentences weighed side by side"),
                _tr("More are slower, and a little better."),
                zero=_tr("as the model has it"),
                high=64,
            ),
        ),
    )


def _undo() -> Page:
    return Page(
        _tr("Undo"),
        _tr("What is older, or does not fit, can no longer be undone."),
        (
            Field("journal_days", Kind.NUMBER, _tr("Keep so many days"), low=1, high=36500),
            Field("journal_megabytes", Kind.NUMBER, _tr("In so many megabytes"), low=1, high=1_000_000),
        ),
    )
