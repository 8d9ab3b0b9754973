"""A picture, the words of its caption, and the model between them: pointing at a word shows where it comes from.

Wires three parts that know nothing of each other; both the inspector and the review use it.
"""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from tagger.core.errors import TaggerError
from tagger_gui.asking import Asking
from tagger_gui.inspector.attention import Explained, ModelQuestions, Offer, map_of_word
from tagger_gui.inspector.deciding import Session
from tagger_gui.inspector.heat import heat_image
from tagger_gui.inspector.loading import DETAIL, Picture, PictureLoader, screen_size
from tagger_gui.inspector.picture import PictureView
from tagger_gui.inspector.words import WordsPanel
from tagger_gui.texts import shown

_SLOW_MILLISECONDS = 200  # so long the photo before may stand for the one that is being loaded
_REST_MILLISECONDS = 150  # a mouse that only crosses the caption asks for nothing


class Looking(QObject):
    """Loads the picture of the photo that is shown, and lays the heat map of the word over it that is pointed at."""

    def __init__(
        self, session: Session, picture: PictureView, words: WordsPanel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._picture, self._words = picture, words
        self._path: Path | None = None
        self._explained: Explained | None = None
        self._pointed = -1
        self._longest = 0
        self._questions = ModelQuestions(session.captioner)
        self._loader = PictureLoader(self)
        self._explaining, self._offering = Asking("explain", self), Asking("offer", self)
        self.vocabulary = Asking("vocabulary", self)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MILLISECONDS)
        self._rest.timeout.connect(self._look)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_SLOW_MILLISECONDS)
        self._slow.timeout.connect(lambda: picture.show_message(self.tr("Loading …")))
        self._loader.loaded.connect(self._loaded)
        self._loader.failed.connect(self._not_loaded)
        picture.wants_detail.connect(self._load_detail)
        words.word_pointed.connect(self._point)
        words.more_wanted.connect(self._offer)
        self._explaining.answered.connect(self._take_explanation)
        self._offering.answered.connect(self._take_offer)
        self.vocabulary.answered.connect(words.tags.set_vocabulary)
        for asking in (self._explaining, self._offering):
            asking.failed.connect(self._not_answered)
        session.settings_changed.connect(self._load_vocabulary)
        self._load_vocabulary()

    def show(self, path: Path | None) -> None:
        """Turn to a photo; None for none."""
        if path == self._path:
            return
        self._path, self._explained, self._pointed = path, None, -1
        self._rest.stop()
        self._picture.show_note("")
        self._words.tags.more.setEnabled(True)
        self._slow.stop()
        if path is None:
            self._picture.show_message("")
        else:
            self._picture.show_heat(None)
            self._slow.start()
            self._longest = self._needed()
            self._loader.request(path, self._longest)

    def expect(self, path: Path) -> None:
        """A photo that will probably be shown next."""
        self._loader.expect(path, self._needed())

    def close(self) -> None:
        """End the threads."""
        self._rest.stop()
        self._slow.stop()
        for part in (self._loader, self._explaining, self._offering, self.vocabulary):
            part.close()

    def _load_vocabulary(self) -> None:
        self.vocabulary.ask(self._questions.vocabulary)

    def _needed(self) -> int:
        """Pixels on the longer side that the place of the picture can show."""
        room = self._picture.viewport().size()
        return screen_size(max(room.width(), room.height()) * self._picture.devicePixelRatioF())

    def _loaded(self, picture: Picture) -> None:
        if picture.path != self._path:
            return
        self._slow.stop()
        if picture.longest == DETAIL:
            self._picture.refine(picture.image)
        else:
            name = self.tr("Photo {name}").format(name=shown(picture.path.name))
            self._picture.show_picture(picture.image, name=name)

    def _not_loaded(self, error: TaggerError) -> None:
        self._slow.stop()
        if self._path is not None:
            self._picture.show_message(f"{shown(self._path.name)}\n{shown(str(error))}")

    def _load_detail(self) -> None:
        """The photo may have more pixels than are shown."""
        if self._path is not None and max(self._picture.picture_size) == self._longest:
            self._loader.request(self._path, DETAIL)

    def _point(self, index: int) -> None:
        self._pointed = index
        if index < 0:
            self._rest.stop()
            self._picture.show_heat(None)
            self._picture.show_note("")
        else:
            self._rest.start()

    def _look(self) -> None:
        """Show where the word comes from, asking the model first where it was not asked yet."""
        if self._path is None or self._pointed < 0 or self._words.entry is None:
            return
        if self._explained is None or self._explained.path != self._path:
            self._picture.show_note(self.tr("Looking where the model looked …"))
            self._explaining.ask(partial(self._questions.explain, self._path))
            return
        words = self._words.words
        index = map_of_word(self._explained.explanation, words, self._pointed)
        word = shown(words[self._pointed]) if self._pointed < len(words) else ""
        if index is None:
            self._picture.show_heat(None)
            self._picture.show_note(self.tr("“{word}” is not a word of the model's caption").format(word=word))
            return
        weights = self._explained.explanation.words[index].weights
        heat = heat_image(weights, self._picture.picture_size, self._explained.resize)
        self._picture.show_heat(heat)
        text = self.tr("Where “{word}” comes from") if heat else self.tr("No part of the photo matters for “{word}”")
        self._picture.show_note(text.format(word=word))

    def _take_explanation(self, explained: Explained) -> None:
        if explained.path == self._path:
            self._explained = explained
            self._look()

    def _offer(self) -> None:
        if self._path is not None:
            self._words.tags.more.setEnabled(False)
            self._offering.ask(partial(self._questions.offer, self._path))

    def _take_offer(self, offer: Offer) -> None:
        if offer.path == self._path:
            self._words.tags.more.setEnabled(True)
            self._words.tags.offer(offer.tags)
            if not offer.tags:
                self._picture.show_note(self.tr("The model has no other tags for this photo"))

    def _not_answered(self, error: TaggerError) -> None:
        self._words.tags.more.setEnabled(True)
        self._picture.show_note(shown(str(error)))
