"""Peak memory of ``tagger tag`` on folders of 12-megapixel photos of growing size: it must not grow with them."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from photos import make_photos


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[25, 100, 400])
    options = parser.parse_args()
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as scratch:
            make_photos(Path(scratch), size)
            process = subprocess.Popen(
                [sys.executable, "-m", "tagger", "tag", scratch], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            print(f"{size:5} photos: peak {usage.ru_maxrss / 1024:.0f} MB, exit code {process.returncode}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
