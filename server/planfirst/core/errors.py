"""Every error that you may see.

PlanfirstError
├── BadRequest         there is nothing to plan or generate from
├── BadSetting         a setting cannot be followed as it is written
├── ModelError         a model file
│   ├── ModelMissing     it is not there
│   ├── ModelRefused     it is truncated, foreign, corrupt, or cannot be loaded
│   └── ProfileRefused   its profile cannot be used
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
├── ConversationError  kept conversations cannot be read or written
├── FetchError         a model could not be fetched
│   └── HubError         from the hub
├── SandboxRefused     nothing here can run a program safely, so it is not run
└── WorkerError        a child process died or would not start

Each carries the message that says what happened and what to do next, as a code with arguments.
"""

from __future__ import annotations

from planfirst.words import ENGLISH, Message


class PlanfirstError(Exception):
    """Base of all errors that are written for you to read.

    Args:
        code: of its message in the catalogue, `planfirst.words`.
        args: what stands in the message.
    """

    def __init__(self, code: str, /, **args: object) -> None:
        super().__init__(code)
        self.message = Message(code, **args)

    @property
    def code(self) -> str:
        """Which message it is."""
        return self.message.code

    @property
    def what(self) -> str:
        """What happened, in English."""
        return ENGLISH.what(self.message)

    @property
    def next_step(self) -> str:
        """What to do next, in English."""
        return ENGLISH.next(self.message)

    def __str__(self) -> str:
        return str(self.message)


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
    """A table, a folder of code or another source of examples cannot be read."""


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

    Attributes:
        status: of the HTTP response; 0 where the answer was unreadable.
    """

    def __init__(self, code: str, /, **args: object) -> None:
        super().__init__(code, **args)
        status = self.message.args.get("status")
        self.status = status if isinstance(status, int) else 0


class NotBegun(EndpointError):
    """The server does not go on with an answer that is begun for it; its profile says so from now on."""


class ConversationError(PlanfirstError):
    """Kept conversations cannot be read or written, or there is no such conversation."""


class FetchError(PlanfirstError):
    """A model could not be fetched."""


class HubError(FetchError):
    """A model could not be fetched from the hub."""


class SandboxRefused(PlanfirstError):
    """Nothing here can run a program safely, so it is not run."""


class WorkerError(PlanfirstError):
    """A child process died or would not start."""
