"""An embedding model that is made, once, from the file of a package, which itself is never imported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from planfirst.embedders.made_folder import made_folder
from planfirst.embedders.model import EmbeddingModel


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """One such model.

    Attributes:
        name: the model's.
        origin: a fingerprint of all that decides what the vectors are; the same on every machine.
        write: writes the model's files into a folder that is not there yet.
    """

    name: str
    origin: Callable[[], str]
    write: Callable[[Path], None]

    @property
    def identity(self) -> str:
        """The identity of the model that `made` gives, for those who do not need the model itself."""
        return EmbeddingModel(self.name, Path(), self.origin()).identity

    def made(self, cache: Path) -> EmbeddingModel:
        """The model's folder in ``cache``, which is made if it is not there or is damaged.

        Raises:
            ModelMissing: the package with the weights is not installed.
            ModelRefused: that package is damaged, or ``cache`` cannot be written.
        """
        return made_folder(self.name, cache, self.origin(), self.write)
