"""A bundle -> the captioner that runs it, whoever trained it. Knows no settings."""

from tagger.captioning.bundle import Bundle
from tagger.captioning.captioner import Decoding, OnnxCaptioner
from tagger.captioning.session import Device


def open_captioner(
    bundle: Bundle, *, device: Device = "cpu", threads: int = 0, decoding: Decoding | None = None
) -> OnnxCaptioner:
    """Load a bundle. Raises BundleError, RunError where what it needs is not installed."""
    from tagger.captioning.imported import ImportedCaptioner

    kind = ImportedCaptioner if bundle.imported else OnnxCaptioner
    return kind(bundle, device=device, threads=threads, decoding=decoding)
