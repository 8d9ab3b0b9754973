"""What would be written into a photo's file, and what else is known of it. Shows; changes nothing."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from tagger.core.changes import FieldChange, MetadataChange
from tagger_gui import theme
from tagger_gui.inspector.column import ScrolledColumn, plain_label
from tagger_gui.inspector.dossier import Dossier
from tagger_gui.inspector.draft import confidence
from tagger_gui.inspector.texts import file_size, tooltip
from tagger_gui.texts import moment, shown

_OWN = "tagger:"  # fields of our own record


class FieldChanges(ScrolledColumn):
    """The fields of a photo that would change, file by file: what is there today, what would be there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("What would be written"))

    def show_dossier(self, dossier: Dossier) -> None:
        """Show what approving the dossier's draft would write."""
        holder, layout = self.refill()
        note = plain_label(self._note(dossier), holder)
        note.setProperty("role", "muted")
        layout.addWidget(note)
        for change in dossier.changes:
            layout.addWidget(self._card(change, holder))
        layout.addStretch(1)

    def _note(self, dossier: Dossier) -> str:
        if dossier.problem:
            return shown(dossier.problem)
        if dossier.entry is None:
            return self.tr("This photo has no caption yet: nothing would be written.")
        if not dossier.changes:
            return self.tr("The file holds all of it already: nothing would be written.")
        notes = [change.note for change in dossier.changes if change.note]
        return shown("; ".join(notes)) or self.tr("Approving writes this; nothing else in the file changes.")

    def _card(self, change: MetadataChange, parent: QWidget) -> QWidget:
        card = QFrame(parent)
        card.setProperty("role", "card")
        layout = QVBoxLayout(card)
        layout.setContentsMargins(theme.SPACE * 3 // 2, theme.SPACE, theme.SPACE, theme.SPACE)
        layout.setSpacing(2)
        heading = plain_label(change.target.name, card)
        heading.setProperty("role", "heading")
        layout.addWidget(heading)
        for names, before, after in alike(change.fields):
            layout.addSpacing(theme.SPACE // 2)
            name = plain_label(", ".join(names), card)
            name.setProperty("role", "muted")
            layout.addWidget(name)
            if before:
                layout.addWidget(self._value("−", before, "danger", self.tr("today: {text}"), card))
            if after:
                layout.addWidget(self._value("+", after, "success", self.tr("then: {text}"), card))
        if own := [field for field in change.fields if _OWN in field.name]:
            layout.addSpacing(theme.SPACE // 2)
            record = plain_label(self.tr("and our own record of it"), card)
            record.setProperty("role", "muted")
            record.setToolTip(
                tooltip("\n".join(f"{one.name}: {one.before or '–'} → {one.after or '–'}" for one in own))
            )
            layout.addWidget(record)
        return card

    def _value(self, sign: str, text: str, colour: str, spoken: str, parent: QWidget) -> QLabel:
        label = plain_label(f"{sign} {text}", parent)
        label.setAccessibleName(spoken.format(text=shown(text)))
        label.setProperty("role", colour)
        return label


def alike(fields: tuple[FieldChange, ...]) -> list[tuple[list[str], str, str]]:
    """Fields for people to read, those with the same change together; our own record is left out."""
    groups: dict[tuple[str, str], list[str]] = {}
    for field in fields:
        if _OWN not in field.name and field.before != field.after:
            groups.setdefault((field.before, field.after), []).append(field.name)
    return [(names, before, after) for (before, after), names in groups.items()]


class PhotoDetails(ScrolledColumn):
    """What is known of a photo, to be read and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Details of the photo"))

    def show_dossier(self, dossier: Dossier) -> None:
        """Show everything that the file and the index say, but the words that stand elsewhere."""
        holder, layout = self.refill()
        grid = QGridLayout()
        grid.setVerticalSpacing(theme.SPACE)
        grid.setHorizontalSpacing(theme.SPACE * 2)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(self._rows(dossier)):
            title, text = QLabel(name, holder), plain_label(value, holder)
            title.setProperty("role", "muted")
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            text.setAccessibleName(f"{name}: {shown(value)}")
            grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(text, row, 1)
        layout.addLayout(grid)
        layout.addStretch(1)

    def _rows(self, dossier: Dossier) -> list[tuple[str, str]]:
        rows = [(self.tr("File"), dossier.path.name), (self.tr("Folder"), str(dossier.path.parent))]
        if (found := dossier.metadata) is not None:
            rows += [
                (self.tr("Size"), f"{found.width} × {found.height}, {file_size(found.photo.size)}"),
                (self.tr("Taken"), (found.taken_at or "–").replace("T", " ")),
                (self.tr("Caption in the file"), found.description or "–"),
                (self.tr("Keywords in the file"), ", ".join(found.keywords) or "–"),
            ]
            if (ours := found.provenance) is not None:
                rows += [(self.tr("Written by"), f"{ours.model}, {ours.version}"), (self.tr("Run"), ours.run)]
        if (entry := dossier.entry) is not None:
            rows += [(self.tr("Captioned"), moment(entry.captioned_at)), (self.tr("Model"), entry.model)]
            calibrated = entry.caption.confidence
            sure = confidence(entry.caption.text, entry.caption.log_probability, calibrated)
            if sure is not None:
                share = f"{sure:.0%}"
                shown = share if calibrated is not None else self.tr("{share} a word").format(share=share)
                rows += [(self.tr("Sureness"), shown)]
            if entry.sidecar is not None:
                rows += [(self.tr("Sidecar"), entry.sidecar.name)]
        if found is not None:
            rows += [(self.tr("Identity"), found.identity[:16] + "…")]
        return rows
