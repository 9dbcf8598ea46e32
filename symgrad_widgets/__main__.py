"""`python -m symgrad_widgets`: the command line, for when its script is not on the path."""

import sys

from .commands.cli import main

sys.exit(main())
