"""The studies: one module each, with its `STUDY`."""
