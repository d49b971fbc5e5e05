"""Which adapter gives a model a role: the one that ships for it, one of the user's own, or a file.

Why: docs/decisions/0041-one-model-two-roles.md
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from planfirst.adapters.lora_file import LoraFile, Use, read_lora
from planfirst.core.errors import ModelError, ModelMissing, ModelRefused
from planfirst.core.profile import Profile
from planfirst.folders import data_folder
from planfirst.models.entries import shipped_folder
from planfirst.models.library import ModelSpec

AUTO = "auto"


def folders() -> tuple[Path, Path]:
    """Where adapters have names: the user's own, and those that ship. They may not exist."""
    return data_folder() / "planners", shipped_folder() / "planners"


def chosen(setting: str, spec: ModelSpec, use: Use = "plan") -> LoraFile | None:
    """The adapter that a setting means for a model; whether it fits is looked at when it is loaded.

    Args:
        setting: empty for none, ``auto``, a name, or the path of a ``.gguf`` file.
        use: what it is for.

    Raises:
        ModelMissing: there is none of that name, or no such file.
        ModelRefused: it is damaged, is no adapter, or one for something else.
    """
    wanted = setting.strip()
    if not wanted:
        return None
    if wanted.lower() == AUTO:
        return next(iter(made_for(spec.sha256, use)), None)
    found = _named(wanted)
    if found.use != use:
        raise ModelRefused(
            "adapter-not-for-plans" if use == "plan" else "adapter-not-for-changes", file=found.path.name
        )
    return found


def _named(wanted: str) -> LoraFile:
    named = {path.stem: path for path in reversed(_files())}
    if wanted in named:
        return read_lora(named[wanted])
    if wanted.lower().endswith(".gguf") or "/" in wanted or "\\" in wanted:
        return read_lora(Path(wanted).expanduser())
    raise ModelMissing("adapter-unknown", name=wanted, folder=folders()[0])


def made_for(sha256: str, use: Use = "plan") -> list[LoraFile]:
    """The adapters of a use for the model of that checksum, the user's own first; none where it is empty."""
    found = []
    for path in _files() if sha256 else ():
        try:
            lora = read_lora(path)
        except ModelError:
            continue  # whoever chooses it by its name is told
        if lora.base == sha256 and lora.use == use:
            found.append(lora)
    return found


def planning(profile: Profile) -> Profile:
    """How a model with an adapter is asked: for a plan before there is code, which is what adapters are trained for."""
    return replace(profile, plan="first")


def _files() -> list[Path]:
    return [path for folder in folders() if folder.is_dir() for path in sorted(folder.glob("[!.]*.gguf"))]
