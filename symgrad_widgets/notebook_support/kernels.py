"""The kernel of our notebooks: the Python that runs this code, even if another kernel is called python3."""

import sys
from pathlib import Path

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel

__all__ = ["NAME", "OwnKernel", "other"]

NAME = "python3"


class OwnKernel(KernelSpecManager):
    """All kernels of the machine, but the name `python3` means this environment's kernel."""

    def find_kernel_specs(self):
        """Return the folders of the kernels by name."""
        return super().find_kernel_specs() | {NAME: RESOURCES}

    def get_kernel_spec(self, kernel_name):
        """Return the description of a kernel."""
        if kernel_name.lower() != NAME:
            return super().get_kernel_spec(kernel_name)
        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())


def other():
    """Return the folder of another kernel that Jupyter would start as `python3`, an error's text, or None."""
    try:
        found = KernelSpecManager().get_kernel_spec(NAME)
    except (NoSuchKernel, OSError, ValueError, TypeError) as error:
        return str(error)
    command = Path(found.argv[0]) if found.argv else Path()
    ours = not command.is_absolute() or command.resolve() == Path(sys.executable).resolve()
    return None if ours and "ipykernel_launcher" in found.argv else found.resource_dir
