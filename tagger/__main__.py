"""Start the command line: ``tagger`` or ``python -m tagger``."""

import sys

from tagger.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
