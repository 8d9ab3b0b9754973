"""The photos of one library on the screen: filters, grid, and what is said where there is nothing to show."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLabel, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from tagger.core.errors import TaggerError
from tagger.storage.searching import Order
from tagger_gui.library.bar import LibraryBar
from tagger_gui.library.chosen import Chosen
from tagger_gui.library.filters import Filters
from tagger_gui.library.grid import PhotoGrid
from tagger_gui.library.reader import Reader
from tagger_gui.library.rows import PhotoListModel
from tagger_gui.library.searching import Found
from tagger_gui.library.similar import Likening, Similar
from tagger_gui.library.thumbnail_cache import ThumbnailCache, cache_file
from tagger_gui.library.thumbnails import Thumbnails
from tagger_gui.library.wanted import Wanted
from tagger_gui.memory import default_file
from tagger_gui.theme import SPACE

if TYPE_CHECKING:
    from tagger_gui.session import LibrarySession

_CHOSEN_MILLISECONDS = 30  # a rubber band changes the selection with every movement


class LibraryView(QWidget):
    """One library. Call ``end`` before it goes: it has threads.

    Photos that change are read again by themselves, as the session tells; ``cache`` is where thumbnails are kept.
    """

    selection_changed = Signal(object)
    """A sequence of the paths that are selected, in the order on the screen."""
    activated = Signal(object)
    """The Path of a photo that was double-clicked, or on which Enter was pressed."""

    def __init__(
        self, session: "LibrarySession", *, cache: ThumbnailCache | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.root, self._drafts = session.root.resolve(), session.drafts
        self.reader, self.likening = Reader(session, self), Likening(session, self)
        self.thumbnails = Thumbnails(cache or ThumbnailCache(cache_file()), parent=self)
        self.model = PhotoListModel(self.reader, self.thumbnails, self)
        self.filters, self.bar, self.grid = Filters(), LibraryBar(), PhotoGrid()
        self.grid.setModel(self.model)
        self.grid.setAccessibleName(self.tr("Photos"))
        self.nothing = QLabel()
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        self.nothing.setProperty("role", "muted")
        self.all_button = QPushButton(self.tr("Show all photos"))
        self.all_button.clicked.connect(self.filters.clear)
        self._pages = QStackedWidget()
        self._to_select: Path | None = None
        self._choosing = QTimer(self)
        self._choosing.setSingleShot(True)
        self._choosing.setInterval(_CHOSEN_MILLISECONDS)
        self._choosing.timeout.connect(self._tell_chosen)
        self.setFocusProxy(self.grid)
        self._lay_out()
        self._connect(session)
        self._add_find()
        self._restore_state()
        self._count_drafts()
        self.model.search(self.model.wanted)
        self.reader.look_around()

    @property
    def chosen(self) -> Chosen:
        """The paths that are selected, in the order on the screen."""
        selection = self.grid.selectionModel().selection()
        ranges = [selection.at(number) for number in range(selection.count())]
        return self.model.chosen(sorted((part.top(), part.bottom()) for part in ranges))

    @property
    def shown(self) -> Chosen:
        """All paths that are shown, in their order."""
        return self.model.chosen([(0, self.model.rowCount() - 1)])

    @property
    def current_row(self) -> int:
        """The row that the keyboard is on, -1 for none."""
        return self.grid.currentIndex().row()

    @property
    def current(self) -> Path | None:
        """The photo that the keyboard is on."""
        index = self.grid.currentIndex()
        return self.model.path_of(index.row()) if index.isValid() else None

    def refresh(self, paths: Sequence[Path]) -> None:
        """These photos, or all where there are none, may have changed: their rows or their files."""
        self.thumbnails.forget(paths)
        self.model.refresh(paths)
        if not paths:
            self.look_around()

    def look_around(self) -> None:
        """Look through the whole folder for photos that are new, changed or gone."""
        self.reader.look_around()

    def search(self, wanted: Wanted) -> None:
        """Search as if the user had chosen it in the sidebar."""
        self.bar.choose_order(wanted.order, descending=wanted.descending)
        self.bar.show_similar("")
        self.filters.choose(wanted)
        self.model.search(wanted)

    def find_similar(self, photo: Path) -> None:
        """Show the photos that look like this one, the most alike first, until the user goes back or searches."""
        self.bar.show_similar(photo.name)
        self.likening.find(photo)

    def select(self, path: Path) -> bool:
        """Select one photo and bring it onto the screen; False where it is not among those shown."""
        row = self.model.row_of(path)
        if row >= 0:
            self.grid.choose(row)
        return row >= 0

    def _keep_state(self) -> None:
        settings = _remembered()
        settings.setValue("library/width", self.grid.picture_width)
        settings.setValue("library/order", str(self.model.wanted.order))
        settings.setValue("library/descending", int(self.model.wanted.descending))
        settings.setValue("library/split", self._split.saveState())

    def _restore_state(self) -> None:
        """Look as it was remembered; what makes no sense is left out."""
        settings = _remembered()
        width, order = str(settings.value("library/width", "")), str(settings.value("library/order", ""))
        if width.isdecimal():
            self.bar.size_slider.setValue(int(width))
        if order in list(Order):
            descending = str(settings.value("library/descending", "0")) == "1"
            self.bar.choose_order(Order(order), descending=descending)
            self.model.wanted = Wanted(order=Order(order), descending=descending)
        split = settings.value("library/split")
        if isinstance(split, QByteArray):
            self._split.restoreState(split)

    def end(self) -> None:
        """End the threads; a second time does nothing."""
        self._keep_state()
        self._choosing.stop()
        self.likening.close()
        self.reader.close()
        self.thumbnails.close()

    def _lay_out(self) -> None:
        empty = QWidget()
        column = QVBoxLayout(empty)
        column.setSpacing(2 * SPACE)
        column.addStretch(1)
        column.addWidget(self.nothing)
        column.addWidget(self.all_button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self._pages.addWidget(self.grid)
        self._pages.addWidget(empty)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._pages, 1)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.addWidget(self.filters)
        self._split.addWidget(right)
        self._split.setStretchFactor(1, 1)
        self._split.setCollapsible(1, False)
        self._split.setHandleWidth(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._split)

    def _connect(self, session: "LibrarySession") -> None:
        session.changed.connect(self.refresh)
        session.drafts.changed.connect(self._count_drafts)
        self.bar.drafts_wanted.connect(self._show_drafts)
        self.filters.changed.connect(self._filter)
        self.filters.left.connect(self._enter_grid)
        self.bar.sorted.connect(self._sort)
        self.bar.resized.connect(self.grid.set_picture_width)
        self.bar.back.connect(self._go_back)
        self.bar.others_wanted.connect(self.likening.look_at_others)
        self.likening.found.connect(self._show_similar)
        self.likening.failed.connect(self._tell_unlike)
        self.grid.zoomed.connect(self.bar.size_slider.setValue)
        self.grid.activated.connect(lambda index: self.activated.emit(self.model.path_of(index.row())))
        self.grid.selectionModel().selectionChanged.connect(lambda: self._choosing.start())
        self.model.found.connect(self._show_found)
        self.model.counted.connect(self.filters.count)
        self.model.problem.connect(self._tell_problem)
        self.model.modelReset.connect(self._choosing.start)

    def _add_find(self) -> None:
        find = QAction(self.tr("Search"), self)
        find.setShortcut(QKeySequence(QKeySequence.StandardKey.Find))
        find.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.triggered.connect(self._enter_search)
        self.addAction(find)

    def _filter(self, wanted: Wanted) -> None:
        self.bar.show_similar("")
        order = {"order": self.model.wanted.order, "descending": self.model.wanted.descending}
        self.model.search(wanted.replace(**order))

    def _sort(self, order: Order, descending: bool) -> None:
        self.model.search(self.model.wanted.replace(order=order, descending=descending))

    def _count_drafts(self) -> None:
        self.bar.show_drafts(len(self._drafts.paths))

    def _show_drafts(self) -> None:
        """Show the photos with changes that nobody has saved yet, until the user goes back or searches."""
        self.bar.show_only_drafts()
        self.model.search(self.model.wanted, only=[one for one in self._drafts.paths if one.is_relative_to(self.root)])

    def _go_back(self) -> None:
        self.bar.show_similar("")
        self.model.search(self.model.wanted)

    def _enter_grid(self) -> None:
        self.grid.setFocus()
        if not self.grid.currentIndex().isValid() and self.model.rowCount():
            self.grid.choose(0)

    def _enter_search(self) -> None:
        self.filters.search.setFocus()
        self.filters.search.selectAll()

    def _show_found(self, found: Found) -> None:
        photos = len(found.photos.names)
        self.filters.tell_problem(None)
        self.bar.show_count(photos, len(self.chosen))
        self._pages.setCurrentIndex(0 if photos else 1)
        if self._to_select is not None:
            self.select(self._to_select)
            self._to_select = None
        everything = found.wanted.is_everything
        self.all_button.setVisible(not everything)
        if everything:
            self.nothing.setText(self.tr("No photos here yet. Drop photos or a folder onto this window."))
        else:
            self.nothing.setText(self.tr("No photo matches what you are looking for."))

    def _tell_problem(self, error: TaggerError) -> None:
        self.filters.tell_problem(error)

    def _tell_unlike(self, error: TaggerError) -> None:
        self.bar.show_similar("")
        self.filters.tell_problem(error)

    def _tell_chosen(self) -> None:
        chosen = self.chosen
        self.bar.show_count(self.model.rowCount(), len(chosen))
        self.selection_changed.emit(chosen)

    def _show_similar(self, similar: Similar) -> None:
        self.bar.show_similar(similar.photo.name, similar.missing)
        self._to_select = similar.photo
        self.model.search(self.model.wanted, only=[path for path in similar.paths if path.is_relative_to(self.root)])


def _remembered() -> QSettings:
    """Where the program keeps how its window looks."""
    return QSettings(str(default_file()), QSettings.Format.IniFormat)
