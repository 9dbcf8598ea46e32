"""Print a line of JSON: the Julia that juliapkg wants, and the Julia that it finds on this machine.

PySR gets Julia through juliapkg. This module runs as a script, like `child.py`. This module imports nothing
from this package, and downloads nothing.
"""

import json
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[3]))  # here juliapkg finds the Julia packages that we need

from juliapkg import deps, find_julia
from juliapkg.state import STATE


def main():
    """Print the versions that juliapkg wants, the program and version that it finds, and its folders."""
    wanted, _ = deps.find_requirements()
    path = version = None
    for compat in (wanted, None):  # first a version that fits, then any version
        try:
            path, version = find_julia.find_julia(compat, STATE["install"])
            break
        except Exception as none:  # juliapkg raises nothing more specific
            if "could not find Julia" not in str(none):
                raise
    found = {
        "julia": path,
        "version": version and str(version),
        "wanted": str(wanted),
        "fits": version is not None and version in wanted,
        "installed": bool(deps.can_skip_resolve()),
        "named": bool(STATE["override_executable"]),
        "offline": STATE["offline"],
        "folders": [STATE["project"], STATE["depot"]],
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
