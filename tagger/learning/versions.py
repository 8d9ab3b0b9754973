"""A new version of a bundle beside the others, and the way back. Nothing that is there is changed or removed."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tagger import bootstrap
from tagger.captioning.bundle import MANIFEST, MODEL_CARD, Bundle, decoder_files, load_bundle
from tagger.core.errors import BundleError, RunError
from tagger.models import known_bundles

LEARNED = "learned"
"""The entry of a manifest's provenance that says what a bundle learned, and from which one."""


@contextmanager
def new_folder(models: Path) -> Iterator[Path]:
    """An empty folder among the models, under a new name; what is in it afterwards is gone. Raises RunError."""
    try:
        models.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".new-", dir=models) as temporary:
            made = Path(temporary) / "bundle"
            made.mkdir()
            yield made
    except OSError as error:
        raise RunError(
            f"cannot write below {models}: {error.strerror}", "free some space, or check its rights"
        ) from error


def write_version(
    folder: Path, base: Bundle, *, name: str, version: str, files: Mapping[str, bytes], changes: Mapping[str, Any]
) -> Bundle:
    """Write ``base`` with other ``files`` into the folder, in place of what is there; ``changes`` are of its manifest.

    ``changes`` has ``graphs``, ``tags`` and ``provenance`` entries that are put over the old ones. Raises BundleError.
    Where the decoder is among the ``files``, others beside it are left out: they do not know what it learned.
    """
    left_out = set[str]()
    manifest = json.loads(_manifest_of(base))
    if not files.keys().isdisjoint(decoder_files(0)):
        left_out.update(file for number in range(1, base.decoders) for file in decoder_files(number))
        for spec in manifest["generation"].get("candidates", {}).values():
            for speaker in spec.get("speakers", []):
                speaker["decoder"] = 0
        for file in left_out:
            manifest["graphs"].pop(file, None)
    contents = {file: files[file] if file in files else base.read(file) for file in {*base.files, *files} - left_out}
    manifest |= {"name": name, "version": version}
    for key, entries in changes.items():
        old = manifest.get(key) or {}
        manifest[key] = {entry: value for entry, value in (old | dict(entries)).items() if value is not None}
    for graph, content in contents.items():
        if graph in (manifest.get("graphs") or {}):
            manifest["graphs"][graph]["bytes"] = len(content)
    manifest["files"] = {file: hashlib.sha256(content).hexdigest() for file, content in sorted(contents.items())}
    for file, content in contents.items():
        (folder / file).write_bytes(content)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return load_bundle(folder)


def card(base: Bundle, addition: str) -> bytes:
    """The card of ``base`` below what was learned."""
    old = base.read(MODEL_CARD).decode("utf-8", "replace") if MODEL_CARD in base.files else ""
    return f"{addition.rstrip()}\n\n{old}".encode()


def place(models: Path, name: str) -> tuple[Path, str]:
    """Where the next version of ``name`` goes, and its number, counted up over those that are there."""
    plain = re.sub(r"[^\w.+-]+", "-", name).strip(".-") or "model"
    pattern = re.compile(re.escape(plain) + r"-(\d{1,6})(\.taggerbundle)?")
    names = [path.name for path in models.iterdir()] if models.is_dir() else []
    version = str(1 + max((int(found[1]) for name in names if (found := pattern.fullmatch(name))), default=0))
    return models / f"{plain}-{version}", version


def base_of(current: Bundle, models: Path) -> Bundle:
    """The bundle that a learned one began from, so that learning begins there again; else ``current`` itself."""
    learned = current.provenance.get(LEARNED)
    if not isinstance(learned, dict):
        return current
    for source in (*_befores(current, models), *known_bundles(models, None)):
        with suppress(BundleError):
            found = load_bundle(source)
            if found.model_id == learned.get("from") and found.source != current.source:
                return found
    return current


def _befores(current: Bundle, models: Path) -> Iterator[Path]:
    """The bundles that were used before, one before the other, as far as they are there."""
    seen = {current.source}
    with suppress(RunError):
        while (source := before(current, models)) is not None and source not in seen:
            seen.add(source)
            current = load_bundle(source)
            yield source


def before(current: Bundle, models: Path) -> Path | None:
    """The bundle that was used before ``current`` learned; None is the embedded one.

    Raises RunError where ``current`` did not learn, or the one before is not there any more.
    """
    learned = current.provenance.get(LEARNED)
    if not isinstance(learned, dict):
        raise RunError(f"{current.model_id} did not learn: there is nothing to take back", "tagger bundle list")
    named = learned.get("before")
    if not named:
        return None
    source = Path(str(named)) if Path(str(named)).is_absolute() else models / str(named)
    if source.parent.resolve() != models.resolve() and not Path(str(named)).is_absolute():
        raise RunError(f"{current.model_id} does not say what was used before it", "tagger bundle use chooses one")
    load_bundle(source)
    return source


def named_before(used: Path | None, models: Path) -> str:
    """What a new version says was used before it: a name in the folder for models, else a whole path; or nothing."""
    if used is None or used.resolve() == bootstrap.DEFAULT_BUNDLE.resolve():
        return ""
    real = used.resolve()
    return real.name if real.parent == models.resolve() else str(real)


def _manifest_of(bundle: Bundle) -> bytes:
    """The manifest as it is written, which no SHA-256 is kept of."""
    import zipfile

    if bundle.source.is_dir():
        return (bundle.source / MANIFEST).read_bytes()
    with zipfile.ZipFile(bundle.source) as archive:
        return archive.read(MANIFEST)
