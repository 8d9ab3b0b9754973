"""``tagger bundle``: take in a model from elsewhere, look at models, check one, choose one. Touches no photo."""

import argparse
import re
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tagger import bootstrap
from tagger.captioning.bundle import MODEL_CARD, Bundle, load_bundle
from tagger.cli.main import make_parser
from tagger.cli.output import printable
from tagger.cli.settings_line import set_bundle
from tagger.config import library_config_file, user_config_file, user_models_folder
from tagger.core.errors import BundleError, RunError
from tagger.models import SUFFIX, known_bundles, named_bundle, same


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    work: Callable[[argparse.Namespace], int] = options.work
    return work(options)


def _import(options: argparse.Namespace) -> int:
    from tagger.captioning.hub_folder import read_hub_folder
    from tagger.captioning.importing import import_bundle

    found = read_hub_folder(options.folder)
    name = options.name or _plain_name(options.folder.resolve().name)
    if not name.isprintable() or not 0 < len(name) <= 100:
        raise RunError(f"{name!r} is no name for a bundle", "name it with --name, in at most 100 characters")
    target = options.out or user_models_folder() / _plain_name(name)
    tags_from = load_bundle(named_bundle(options.tags_from or bootstrap.DEFAULT_BUNDLE))
    bundle = import_bundle(found, target, name=name, tags_from=tags_from, told=_tell)
    print(printable(f"{bundle.model_id} is in {target}"))
    print(printable(f"captions: {bundle.architecture}, its own; tags: those of {tags_from.model_id}"))
    print(printable(f"to use it: tagger bundle use {shlex.quote(str(target))}"))
    return 0


def _list(options: argparse.Namespace) -> int:
    used = bootstrap.settings_for(bootstrap.library_root(options.library)).bundle or bootstrap.DEFAULT_BUNDLE
    bad = 0
    for source in known_bundles(user_models_folder(), used):
        mark = "*" if same(source, used) else " "
        try:
            bundle = load_bundle(source)
            kind = f"{bundle.architecture}, imported" if bundle.imported else bundle.architecture
            print(printable(f"{mark} {bundle.model_id:<28} {_size(_bytes(bundle)):>9}  {kind:<34} {source}"))
        except BundleError as error:
            bad += 1
            print(printable(f"{mark} {source.name:<28} {'-':>9}  {error}"))
    print("* is the one that is used here", file=sys.stderr)
    return 1 if bad else 0


def _info(options: argparse.Namespace) -> int:
    bundle = _bundle(options)
    _row("bundle", bundle.model_id)
    _row("place", str(bundle.source))
    _row(
        "kind",
        f"{bundle.architecture}, imported ({bundle.imported.layout})"
        if bundle.imported
        else "ours: " + bundle.architecture,
    )
    image, generation = bundle.image, bundle.generation
    _row("photos", f"{image.size} x {image.size}, {image.resize}, {image.interpolation}")
    rules = "the rules of transformers" if bundle.imported else "the rules of tagger"
    _row("captions", f"beam {generation.beam_width}, length penalty {generation.length_penalty:g}, by {rules}")
    for name, spec in generation.candidates.items():
        found = f"the best of a beam of {spec.beam_width} and {spec.samples} drawn"
        if len(spec.speakers) > 1:
            found += ", said together by " + ", ".join(f"{one.decoder + 1} ({one.view})" for one in spec.speakers)
        _row("quality", f"{name}: {found}; under a score of {generation.review_below.get(name, 0):g} it waits for you")
    labels = bundle.tags.get("labels", bundle.tags.get("count", "some")) if bundle.tags else "none"
    origin = bundle.provenance.get("tags_from")
    _row("tags", f"{labels}" + (f", those of {origin}" if origin else ""))
    for name, value in _scores(bundle):
        _row("score", f"{name} {value}")
    for name, digest in sorted(bundle.files.items()):
        precision = str(bundle.graphs.get(name, {}).get("precision", ""))
        _row("file", f"{name:<32} {_size(len(bundle.read(name))):>9} {precision:<8} {digest}")
    if MODEL_CARD in bundle.files:
        print()
        for line in bundle.read(MODEL_CARD).decode("utf-8", "replace").splitlines():
            print(printable(line))
    return 0


def _verify(options: argparse.Namespace) -> int:
    from tagger.captioning.importing import try_out

    bundle = _bundle(options)
    for name in bundle.files:
        bundle.read(name)
    _row("files", f"{len(bundle.files)}, all as the manifest says")
    captioner, said = try_out(bundle)
    _row("graphs", f"loaded, on {captioner.provider}")
    _row("caption", f"{said!r}, of a picture of noise")
    _row("bundle", f"{bundle.model_id} is whole and works")
    return 0


def _use(options: argparse.Namespace) -> int:
    if (options.bundle is None) != options.default:
        raise RunError("name either a bundle or --default", "tagger bundle list shows those that are known")
    file = user_config_file()
    if options.library is not None:
        file = library_config_file(bootstrap.existing_root(options.library))
    source = None
    if options.bundle is not None:
        source = _bundle(options).source.resolve()
    changed = set_bundle(file, source)
    now = bootstrap.settings_for(options.library and bootstrap.existing_root(options.library)).bundle
    used = load_bundle(now or bootstrap.DEFAULT_BUNDLE)
    print(printable(f"{file}: {'changed' if changed else 'says so already'}; {used.model_id} is used"))
    if changed and source is not None:
        where = f" --library {shlex.quote(str(options.library))}" if options.library is not None else ""
        print(printable(f"to take it back: tagger bundle use --default{where}"), file=sys.stderr)
    return 0


def _bundle(options: argparse.Namespace) -> Bundle:
    return load_bundle(named_bundle(options.bundle))


def _scores(bundle: Bundle) -> list[tuple[str, object]]:
    scores = bundle.provenance.get("scores")
    return list(scores.items()) if isinstance(scores, dict) else []


def _bytes(bundle: Bundle) -> int:
    if bundle.source.is_file():
        return bundle.source.stat().st_size
    try:
        return sum((bundle.source / name).stat().st_size for name in bundle.files)
    except OSError as error:
        raise BundleError(
            f"bundle {bundle.source}: {Path(error.filename).name} is missing", "get the bundle again"
        ) from error


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"


def _plain_name(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip(".-") or "model"


def _row(name: str, value: str) -> None:
    print(printable(f"{name:<10} {value}"))


def _tell(line: str) -> None:
    print(printable(f"{line} ..."), file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = make_parser("bundle", "Models: take one in from elsewhere, look at them, check one, choose one.")
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    def action(name: str, work: Callable[[argparse.Namespace], int], what: str) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.", allow_abbrev=False)
        made.set_defaults(work=work)
        return made

    bundle: dict[str, Any] = {"type": Path, "metavar": "BUNDLE", "help": "its folder or file, or its name in the list"}
    importing = action("import", _import, "make a bundle of a captioner's ONNX export; its tags are ours")
    importing.add_argument("folder", type=Path, metavar="DIR", help="encoder_model.onnx, decoder_*.onnx, JSON files")
    importing.add_argument("--name", help="what to call it (default: as the folder)")
    importing.add_argument(
        "--out", type=Path, metavar="BUNDLE", help=f"new folder or {SUFFIX} file (default: in the folder for models)"
    )
    importing.add_argument(
        "--tags-from", type=Path, metavar="BUNDLE", help="bundle that gives the tags (default: the embedded one)"
    )
    listing = action("list", _list, "show the embedded bundle, those in the folder for models, and the chosen one")
    listing.add_argument(
        "--library", type=Path, default=Path(), metavar="FOLDER", help="whose choice (default: the current folder's)"
    )
    action("info", _info, "show what a bundle is: its card, sizes, precision, scores, hashes").add_argument(
        "bundle", **bundle
    )
    action("verify", _verify, "check every file, load the graphs, caption a picture").add_argument("bundle", **bundle)
    using = action("use", _use, "write the choice into the settings; everything else in them stays")
    using.add_argument("bundle", nargs="?", **bundle)
    using.add_argument("--default", action="store_true", help="take the choice out again")
    using.add_argument("--library", type=Path, metavar="FOLDER", help="into this library's settings, not the user's")
    return parser
