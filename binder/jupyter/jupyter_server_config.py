"""What a session on Binder serves: the notebooks and nothing else, the start notebook first."""

from pathlib import Path

from symgrad_widgets.commands import app

c = get_config()  # noqa: F821 - Jupyter runs this file and passes it
c.ServerApp.root_dir = str(Path(__file__).resolve().parents[2] / "notebooks")
c.ServerApp.default_url = c.LabApp.default_url = "/lab/tree/00_start_here.ipynb"
c.VoilaConfiguration = app.settings().VoilaConfiguration
c.OfflineNotebookConfig.repository_id = lambda: "symgrad"  # under this name a browser keeps a reader's work
