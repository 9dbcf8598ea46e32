"""The studies, one a module, each with its `STUDY`."""
