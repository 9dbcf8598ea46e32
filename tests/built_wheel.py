"""The built wheel, and an environment outside of the clone that has it and this one's libraries."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def build(folder):
    """Paths of the source distribution and of the wheel that is built from it."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.tar.gz")), next(folder.glob("*.whl"))


def install(wheel, folder):
    """Return the scripts' folder of a new environment with the wheel in it, and how to start them."""
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    data = Path(sysconfig.get_path("data"))
    outside |= {
        "JUPYTER_PATH": str(data / "share" / "jupyter"),
        "JUPYTER_CONFIG_PATH": str(data / "etc" / "jupyter"),
    }
    venv.create(folder / "venv", with_pip=True)
    scripts = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    where = [scripts / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = subprocess.check_output(where, env=outside, text=True)
    # A plain line makes the libraries importable; .pth files among them, of editable installs, are not read.
    Path(site.strip(), "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    command = [scripts / "python", "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel]
    subprocess.run(command, check=True, env=outside)
    return scripts, outside
