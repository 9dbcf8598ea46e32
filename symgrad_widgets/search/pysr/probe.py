"""What juliapkg, which gets Julia for PySR, wants and finds here, by its own rules: one line of JSON.

Run as a script where `child.py` would run; it uses nothing of this package, and fetches nothing.
"""

import json
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[3]))  # there juliapkg reads what this package wants of Julia

from juliapkg import deps, find_julia
from juliapkg.state import STATE


def main():
    """Print the versions wanted, the program and version found, whether they fit, and where it all goes."""
    wanted, _ = deps.find_requirements()
    path = version = None
    for compat in (wanted, None):  # what would be taken, else what there is
        try:
            path, version = find_julia.find_julia(compat, STATE["install"])
            break
        except Exception as none:  # juliapkg has no other
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
