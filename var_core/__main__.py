"""``python -m var_core``."""

import sys

from var_core.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
