"""The processes of the models on this machine: those that the settings name, and one for conversations."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from planfirst.core.errors import ModelError
from planfirst.models import ModelSpec, resolve
from planfirst.workers.proxies import ModelWorker

_GUEST_MINUTES = 5.0  # that a model stays loaded which only a conversation asked for
_Key = tuple[Path, int, int]


class Loading(Protocol):
    """How models are loaded: the part of the settings ``planner`` that says so."""

    @property
    def context(self) -> int: ...
    @property
    def threads(self) -> int: ...
    @property
    def fitted(self) -> bool: ...
    @property
    def unload_minutes(self) -> float: ...


class ModelProcesses:
    """Each model's process; it starts with the first request.

    Args:
        loading: may be replaced; it counts from the next model that is asked for.
    """

    def __init__(self, loading: Loading) -> None:
        self.loading = loading
        self._models: dict[_Key, ModelWorker] = {}
        self._guests: dict[_Key, ModelWorker] = {}

    @property
    def own(self) -> list[ModelWorker]:
        """The processes of models that the settings name."""
        return list(self._models.values())

    @property
    def all(self) -> list[ModelWorker]:
        """All, with that of the guest."""
        return [*self._models.values(), *self._guests.values()]

    def spec(self, name: str) -> ModelSpec:
        """A model as it would be loaded.

        Raises:
            ModelError: it is not there, or is none.
        """
        return self._spec(name)[0]

    def model(self, name: str) -> ModelWorker:
        """The process of a model that the settings name.

        Raises:
            ModelError: it is not there, or is none.
        """
        spec, key = self._spec(name)
        if key not in self._models:
            self._models[key] = ModelWorker(spec, self.loading.threads)
        self._models[key].profile = spec.profile  # it may have been tuned meanwhile
        self._models[key].worker.unload = self.loading.unload_minutes * 60
        return self._models[key]

    def guest(self, name: str, named: Iterable[str]) -> ModelWorker:
        """The process of a model for a conversation.

        Of models that the settings do not name, only one has a process: it ends some minutes after its last answer,
        or when another is asked for and it has nothing in hand.

        Args:
            named: the models that the settings name.

        Raises:
            ModelError: there is no such model.
        """
        spec, key = self._spec(name)
        if key in self._keys(named):
            return self.model(name)
        for other in self._guests.values():
            if other is not self._guests.get(key):
                other.worker.rest()
        guest = self._guests.setdefault(key, ModelWorker(spec, self.loading.threads))
        minutes = min(_GUEST_MINUTES, self.loading.unload_minutes or _GUEST_MINUTES)
        guest.profile, guest.worker.unload = spec.profile, minutes * 60
        return guest

    def forget(self) -> list[ModelWorker]:
        """All processes, which are no longer known here; who asks ends them."""
        forgotten = self.all
        self._models.clear()
        self._guests.clear()
        return forgotten

    def _spec(self, name: str) -> tuple[ModelSpec, _Key]:
        """A model, and what tells its process from others."""
        spec = resolve(name, self.loading.context, fit=self.loading.fitted)
        # what was fitted meanwhile counts from the next start: it is no reason to load a model twice
        return spec, (spec.original or spec.path, spec.context, self.loading.threads)

    def _keys(self, names: Iterable[str]) -> set[_Key]:
        """A model that is not there has none."""
        keys = set()
        for name in names:
            with suppress(ModelError):
                keys.update([self._spec(name)[1]] if name else [])
        return keys
