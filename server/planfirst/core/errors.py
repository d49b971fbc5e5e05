"""Everything that can go wrong and is shown to a person.

PlanfirstError
├── BadRequest         there is nothing to plan or generate from
├── BadSetting         a setting cannot be followed as it is written
├── ModelError         a model file
│   ├── ModelMissing     it is not there
│   ├── ModelRefused     it is truncated, foreign, corrupt, or cannot be loaded
│   └── ProfileRefused   what says how it is asked cannot be used
├── CorpusError        where examples come from cannot be read
├── StoreError         the store of examples
│   ├── StoreMissing     it has not been built
│   ├── StoreRefused     it is half written, tampered with, or made for another embedding model
│   └── StoreBusy        another process is writing it
├── EndpointError      an OpenAI-compatible server
│   ├── EndpointRefused  the settings do not allow that host
│   ├── EndpointDown     it cannot be reached, is too slow, or broke off
│   ├── EndpointAnswer   it answered with an error or with something unreadable
│   └── NotBegun         it does not go on with an answer that is begun for it
├── FetchError         a model could not be fetched
│   └── HubError         from the hub
├── SandboxRefused     nothing here can run a program safely, so it is not run
└── WorkerError        a child process died or would not start

Every message has two parts: what happened, and what to do next.
"""

from __future__ import annotations


class PlanfirstError(Exception):
    """Base of all errors that are meant to be read by a person.

    Args:
        what: what happened, one sentence.
        next_step: what the reader can do about it, one sentence.
    """

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(what, next_step)
        self.what = what
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.what} {self.next_step}"


class BadRequest(PlanfirstError):
    """There is nothing to plan or generate from."""


class BadSetting(PlanfirstError):
    """A setting cannot be followed as it is written."""


class ModelError(PlanfirstError):
    """Something is wrong with a model file."""


class ModelMissing(ModelError):
    """The model file is not there."""


class ModelRefused(ModelError):
    """The model file is truncated, foreign or corrupt, or llama.cpp would not load it."""


class ProfileRefused(ModelError):
    """A profile is from a newer version, or holds something that no profile has."""


class CorpusError(PlanfirstError):
    """A table, a folder of code or another place that examples come from cannot be read."""


class StoreError(PlanfirstError):
    """Something is wrong with the store of examples."""


class StoreMissing(StoreError):
    """The store has not been built."""


class StoreRefused(StoreError):
    """The store is half written, tampered with, or made for another embedding model."""


class StoreBusy(StoreError):
    """Another process is writing the store."""


class EndpointError(PlanfirstError):
    """An OpenAI-compatible server did not do what was asked."""


class EndpointRefused(EndpointError):
    """The settings do not allow that host."""


class EndpointDown(EndpointError):
    """The server cannot be reached, is too slow, or broke off in the middle."""


class EndpointAnswer(EndpointError):
    """The server answered with an error, or with something unreadable.

    Args:
        status: of the HTTP response; 0 where the answer was unreadable.
    """

    def __init__(self, what: str, next_step: str, status: int = 0) -> None:
        super().__init__(what, next_step)
        self.status = status


class NotBegun(EndpointError):
    """The server does not go on with an answer that is begun for it; its profile says so from now on."""


class FetchError(PlanfirstError):
    """A model could not be fetched."""


class HubError(FetchError):
    """A model could not be fetched from the hub."""


class SandboxRefused(PlanfirstError):
    """Nothing here can run a program safely, so it is not run."""


class WorkerError(PlanfirstError):
    """A child process died or would not start."""
