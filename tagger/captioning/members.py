"""Reading one file of a bundle, a folder or a zip file, made by anybody. Standard library only."""

import zipfile
import zlib
from pathlib import Path

from tagger.core.errors import BundleError

MAX_FILE_BYTES = 2 << 30


def read_member(source: Path, name: str) -> bytes:
    """Content of the file ``name`` in the folder or ``.taggerbundle`` file ``source``. Raises BundleError."""
    try:
        if source.is_dir():
            path = source / name
            if path.is_symlink() or not path.is_file():
                raise BundleError(f"bundle {source}: {name} is missing or not a plain file", "get the bundle again")
            if path.stat().st_size > MAX_FILE_BYTES:
                raise BundleError(f"bundle {source}: {name} is larger than 2 GiB", "do not use this bundle")
            return path.read_bytes()
        with zipfile.ZipFile(source) as archive:
            info = archive.getinfo(name)
            if info.file_size > MAX_FILE_BYTES:
                raise BundleError(f"bundle {source}: {name} is larger than 2 GiB", "do not use this bundle")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise BundleError(f"bundle {source}: {name} is compressed in an unusual way", "zip it with deflate")
            return archive.read(info)
    except FileNotFoundError as error:
        raise BundleError(f"no model bundle at {source}", "name a bundle folder or a .taggerbundle file") from error
    except KeyError as error:
        raise BundleError(f"bundle {source}: {name} is missing", "get the bundle again") from error
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, UnicodeDecodeError) as error:
        raise BundleError(
            f"bundle {source}: {name} cannot be read: {error}", "check the file and its rights"
        ) from error
