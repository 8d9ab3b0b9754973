"""What one run is to do, and the fingerprints by which it tells whether a photo needs anything. Knows no stage."""

from dataclasses import dataclass

from tagger.core.records import Action


@dataclass(frozen=True, slots=True)
class RunOptions:
    """One run: its id, fingerprints of decoding, vocabulary and write policy, and how far it goes.

    ``write`` False: index only. ``dry_run``: nothing is written anywhere, outcomes carry the planned change.
    ``action`` is the command's name in the journal. Without ``keep_approved`` captions of the machine that a person
    approved are done anew too; a person's own words never are. Captions with a ``Caption.score`` under
    ``review_below`` wait for a person, and those whose ``Caption.confidence`` is under ``unsure_below``. ``terse``:
    outcomes of photos that need nothing come without their captions, which spares reading those. ``jobs`` loader
    threads; ``batch_size`` photos a captioning call.
    """

    run: str
    decoding: str = ""
    vocabulary: str = ""
    policy: str = ""
    write: bool = True
    dry_run: bool = False
    action: Action = Action.TAG
    keep_approved: bool = True
    review_below: float = 0.0
    unsure_below: float = 0.0
    terse: bool = False
    jobs: int = 2
    batch_size: int = 8

    @property
    def settings(self) -> str:
        """What an index row must agree with for its photo to need nothing."""
        return f"{self.words}|{self.policy}"

    @property
    def words(self) -> str:
        """The part of ``settings`` that shapes caption and tags."""
        return f"{self.decoding}#{self.vocabulary}" if self.vocabulary else self.decoding
