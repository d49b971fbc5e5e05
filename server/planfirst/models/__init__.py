"""Which GGUF files there are: those that Planfirst knows by name, and those that are on this machine."""

from __future__ import annotations

from planfirst.models.checks import Verdict, verify
from planfirst.models.entries import ModelEntry, manifest, models_folder, shipped_folder
from planfirst.models.library import InstalledModel, ModelSpec, import_file, installed, names_tools, resolve

__all__ = [
    "InstalledModel",
    "ModelEntry",
    "ModelSpec",
    "Verdict",
    "import_file",
    "installed",
    "manifest",
    "models_folder",
    "names_tools",
    "resolve",
    "shipped_folder",
    "verify",
]
