"""`python -m symgrad_widgets`: the command line, where its script is not on the path."""

import sys

from .commands.cli import main

sys.exit(main())
