"""``tagger tag https://...``: caption a picture on the web; only ``--output FILE`` writes it, and only there."""

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tagger import bootstrap, fetch
from tagger.cli import output
from tagger.cli.progress import RunProgress
from tagger.core.errors import FetchError, PhotoError, RunError
from tagger.core.records import Caption, OutcomeKind, Photo
from tagger.lazy import LazyCaptioner
from tagger.metadata.writer import PhotoWriter

_NAME_MAX = 100


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that concern addresses alone."""
    parser.add_argument("--output", type=Path, metavar="FILE", help="of an https:// address: keep it here, tagged")
    parser.add_argument(
        "--allow-private", action="store_true", help="https:// addresses inside your own network are allowed too"
    )


def split(paths: Sequence[str], out: Path | None) -> tuple[list[str], list[Path]]:
    """Addresses and paths of the command line. Raises RunError where ``--output`` makes no sense with them."""
    addresses = [path for path in paths if fetch.is_address(path)]
    if out is not None and len(paths) != 1:
        raise RunError("--output takes one address and nothing else", "name one https:// address")
    if out is not None and not addresses:
        raise RunError(f"--output is for addresses, and {paths[0]} is a file", "files are tagged where they are")
    return addresses, [Path(path) for path in paths if not fetch.is_address(path)]


def tag_addresses(
    addresses: Sequence[str],
    captioner: LazyCaptioner,
    writer: PhotoWriter,
    options: argparse.Namespace,
    progress: RunProgress,
) -> Counter[OutcomeKind]:
    """Caption each address and show what became of it; returns how many ended how."""
    counts: Counter[OutcomeKind] = Counter()
    for address in addresses:
        kind, caption, reason = OutcomeKind.CAPTIONED, None, ""
        try:
            content = fetch.fetch(address, allow_private=options.allow_private).content
            with tempfile.TemporaryDirectory(prefix="tagger-") as folder:
                caption = _captioned(_keep(Path(folder) / _name(address), content), captioner)
            if options.output is not None:
                _write(options.output, content, caption, captioner, writer)
        except (FetchError, PhotoError) as error:
            kind = OutcomeKind.FAILED
            reason = f"{error.path}: {error}" if isinstance(error, PhotoError) and options.output else error.cause
            reason += f" ({error.hint})" if error.hint and error.hint not in reason else ""
        counts[kind] += 1
        _show(address, kind, caption, reason, options, progress)
    return counts


def _captioned(path: Path, captioner: LazyCaptioner) -> Caption:
    status = path.stat()
    (caption,) = captioner.generate([captioner.prepare(Photo(path, status.st_size, status.st_mtime_ns))])
    return caption


def _write(
    path: Path,
    content: bytes,
    caption: Caption,
    captioner: LazyCaptioner,
    writer: PhotoWriter,
) -> None:
    """Make the file, then tag it like any photo; one that cannot be tagged does not stay."""
    path = _keep(path.absolute(), content)
    try:
        status = path.stat()
        metadata = writer.read(Photo(path, status.st_size, status.st_mtime_ns))
        for change in writer.plan(metadata, caption, model=captioner.model_id, run=bootstrap.new_run_id()):
            writer.apply(change)
    except PhotoError:
        path.unlink(missing_ok=True)
        raise


def _keep(path: Path, content: bytes) -> Path:
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise PhotoError(path, "is there already", "choose another name: nothing is overwritten") from error
    except OSError as error:
        raise PhotoError(path, f"cannot be written: {error.strerror}", "choose another place") from error
    return path


def _name(address: str) -> str:
    """The file name in an address: its suffix helps to tell a RAW file."""
    name = unquote(urlsplit(address).path).rpartition("/")[2]
    return "".join(c if c.isalnum() or c in ".-_" else "_" for c in name)[-_NAME_MAX:].lstrip(".") or "picture"


def _show(
    address: str,
    kind: OutcomeKind,
    caption: Caption | None,
    reason: str,
    options: argparse.Namespace,
    progress: RunProgress,
) -> None:
    if options.json:
        record = {"address": address, "outcome": str(kind)}
        print(json.dumps(record | (output.caption_record(caption) if caption else {}) | {"reason": reason}), flush=True)
    elif kind is OutcomeKind.FAILED or caption is None:
        progress.complain(output.printable(f"{address}: {kind}: {reason}"))
    else:
        progress.print(output.caption_line(address, caption))
