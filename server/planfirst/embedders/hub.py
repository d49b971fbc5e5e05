"""An embedding model from the hub's cache, or from the hub."""

from __future__ import annotations

from pathlib import Path

from planfirst.core.errors import ModelMissing
from planfirst.embedders.model import DEFINING
from planfirst.embedders.text import first_line


def from_hub(name: str, cache: Path | None) -> Path:
    """The folder of a model in the hub's cache, fetched if it may be. Pickled weights are never fetched.

    Raises:
        ModelMissing: it is not there, and could not be fetched.
    """
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError
    from huggingface_hub.utils.tqdm import disable_progress_bars

    disable_progress_bars()
    repository = name if "/" in name else f"sentence-transformers/{name}"
    wanted = [f"*{suffix}" for suffix in sorted(DEFINING)]
    unwanted = ["onnx/*", "openvino/*"]
    why: Exception | str = "HF_HUB_OFFLINE is set"
    for local in (True, False):
        if not local and constants.HF_HUB_OFFLINE:
            break
        try:
            folder = snapshot_download(
                repository, cache_dir=cache, local_files_only=local, allow_patterns=wanted, ignore_patterns=unwanted
            )
        except LocalEntryNotFoundError as error:
            why = why if local else error
        except Exception as error:  # the hub client raises errors of several libraries; all mean that it is not here
            why = error
        else:
            if not local or any(Path(folder).rglob("*.safetensors")):
                return Path(folder)  # a local one without weights was perhaps broken off while it was fetched
    raise ModelMissing("embedding-not-fetched", name=name, reason=first_line(why))
