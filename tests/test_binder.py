"""Binder's files: the image they make, the same kernels in the image and in a session, pins that fit."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TARGET = """
from numba.core.registry import cpu_target
print(*cpu_target.target_context.codegen().magic_tuple()[1:], sep=";")
"""

needs_bash = pytest.mark.skipif(not shutil.which("bash"), reason="Binder's scripts are bash's")


@pytest.mark.skipif(
    importlib.util.find_spec("repo2docker") is None,
    reason="jupyter-repo2docker is not installed: it comes with the extra `test`",
)
def test_repo2docker_makes_a_dockerfile_of_environment_build_step_and_start():
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    file = done.stdout + done.stderr
    steps = ["COPY --chown=0:0 src/binder/environment.yml", "RUN ./binder/postBuild", "ENV R2D_ENTRYPOINT="]
    places = [file.index(step) for step in steps]
    assert places == sorted(places)
    assert 'binder/start"' in file[places[-1] :]


def target(*command):
    output = subprocess.check_output([*command, sys.executable, "-c", TARGET], cwd=ROOT, text=True)
    return output.strip()


@needs_bash
def test_image_and_session_compile_for_the_same_generic_cpu():
    in_session = target("binder/start")
    assert target("bash", "-euc", '. binder/kernels.sh; "$@"', "-") == in_session
    flags = Path("/proc/cpuinfo").read_text().split() if Path("/proc/cpuinfo").exists() else ()
    if {"avx2", "fma"} <= set(flags):
        assert in_session == "x86-64-v3;"


@pytest.mark.release
def test_the_pins_of_the_environment_fit_together(tmp_path):
    lines = re.findall(r"[\w-]+==\S+", (ROOT / "environment.yml").read_text())
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
    subprocess.run([*command, f"--report={report}", *lines], check=True)
    chosen = {
        entry["metadata"]["name"].lower().replace("_", "-")
        for entry in json.loads(report.read_text())["install"]
    }
    assert {line.partition("==")[0] for line in lines} <= chosen


@needs_bash
def test_what_the_kernels_would_be_without_that_depends_on_the_machine():
    names = ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES")
    bare = subprocess.check_output(
        [sys.executable, "-c", TARGET], env={k: v for k, v in os.environ.items() if k not in names}, text=True
    )
    assert bare.strip() != "x86-64-v3;"
