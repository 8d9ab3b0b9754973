"""The line above the photos: how many there are, by what they are sorted, how large they are."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from tagger.storage.searching import Order
from tagger_gui import texts
from tagger_gui.library.tile import LARGEST, SMALLEST, USUAL
from tagger_gui.theme import SPACE


class LibraryBar(QFrame):
    """Tells what was chosen in it; what is found is told to it."""

    sorted = Signal(object, bool)
    """An Order, and whether it is turned round."""
    resized = Signal(int)
    """Width of the pictures in device-independent pixels."""
    others_wanted = Signal()
    """Compare the photos too that could not be compared."""
    back = Signal()
    """Away from similar photos, or from those with drafts."""
    drafts_wanted = Signal()
    """Show the photos with changes that are not saved."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count = QLabel()
        self.count.setProperty("role", "heading")
        self.similar_to = QLabel()
        self.similar_to.setTextFormat(Qt.TextFormat.PlainText)
        self.others_button = QPushButton()
        self.others_button.setToolTip(self.tr("The model has to look at each of them once"))
        self.others_button.clicked.connect(self.others_wanted)
        self.drafts_button = QPushButton()
        self.drafts_button.setProperty("role", "quiet")
        self.drafts_button.setToolTip(self.tr("Photos with changes that you typed and did not save; they are kept"))
        self.drafts_button.clicked.connect(self.drafts_wanted)
        self.back_button = QPushButton(self.tr("Back to all"))
        self.back_button.clicked.connect(self.back)
        self.order = QComboBox()
        self.order.setAccessibleName(self.tr("Sort by"))
        for order, name in (
            (Order.PATH, self.tr("Name")),
            (Order.DATE, self.tr("Date taken")),
            (Order.CAPTIONED, self.tr("Date captioned")),
            (Order.SCORE, self.tr("Confidence")),
        ):
            self.order.addItem(name, order)
        self.down = QPushButton()
        self.down.setCheckable(True)
        self.down.setProperty("role", "quiet")
        self.down.setAccessibleName(self.tr("Reverse order"))
        self.down.setToolTip(self.tr("Reverse order"))
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setRange(SMALLEST, LARGEST)
        self.size_slider.setSingleStep(16)
        self.size_slider.setPageStep(48)
        self.size_slider.setValue(USUAL)
        self.size_slider.setFixedWidth(15 * SPACE)
        self.size_slider.setAccessibleName(self.tr("Size of the pictures"))
        self.size_slider.setToolTip(self.tr("Size of the pictures (Ctrl and the mouse wheel)"))
        self._lay_out()
        self.order.currentIndexChanged.connect(self._tell_order)
        self.down.toggled.connect(self._tell_order)
        self.size_slider.valueChanged.connect(self.resized)
        self._show_direction()
        self.show_similar("")
        self.show_drafts(0)

    def show_drafts(self, count: int) -> None:
        """How many photos have changes that nobody has saved yet."""
        self.drafts_button.setText(self.tr("%n not saved", "", count))
        self.drafts_button.setVisible(count > 0)

    def show_only_drafts(self) -> None:
        """Say that those photos are shown, and no others."""
        self.show_similar("")
        self._show_some(self.tr("changed and not saved"))

    def show_count(self, photos: int, chosen: int) -> None:
        """How many photos there are, and how many of them are selected."""
        text = self.tr("1 photo") if photos == 1 else self.tr("{count} photos").format(count=texts.number(photos))
        if chosen > 1:
            text = self.tr("{photos}, {count} selected").format(photos=text, count=texts.number(chosen))
        self.count.setText(text)

    def show_similar(self, name: str, missing: int = 0) -> None:
        """Say that photos similar to this one are shown, and how many were not compared; empty: they are not."""
        self._show_some(self.tr("similar to {name}").format(name=texts.shown(name)) if name else "")
        self.others_button.setVisible(bool(name) and missing > 0)
        self.others_button.setText(self.tr("Compare {count} more").format(count=texts.number(missing)))

    def _show_some(self, which: str) -> None:
        """Not the photos of a search are shown, but these; empty: those of a search, which can be sorted."""
        self.similar_to.setText(which)
        self.similar_to.setVisible(bool(which))
        self.back_button.setVisible(bool(which))
        self.order.setEnabled(not which)
        self.down.setEnabled(not which)

    def choose_order(self, order: Order, *, descending: bool) -> None:
        """Show an order that was chosen elsewhere, silently."""
        for part in (self.order, self.down):
            part.blockSignals(True)
        self.order.setCurrentIndex(max(0, self.order.findData(order)))
        self.down.setChecked(descending)
        for part in (self.order, self.down):
            part.blockSignals(False)
        self._show_direction()

    def _lay_out(self) -> None:
        line = QHBoxLayout(self)
        line.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        line.setSpacing(SPACE)
        line.addWidget(self.count)
        line.addWidget(self.similar_to)
        line.addWidget(self.others_button)
        line.addWidget(self.back_button)
        line.addStretch(1)
        line.addWidget(self.drafts_button)
        line.addWidget(self.order)
        line.addWidget(self.down)
        line.addSpacing(SPACE)
        line.addWidget(self.size_slider)

    def _tell_order(self) -> None:
        self._show_direction()
        self.sorted.emit(Order(self.order.currentData()), self.down.isChecked())

    def _show_direction(self) -> None:
        self.down.setText("\N{DOWNWARDS ARROW}" if self.down.isChecked() else "\N{UPWARDS ARROW}")
