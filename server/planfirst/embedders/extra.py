"""The extra ``sentence-transformers``, and torch with it, which are imported only where a model needs them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from planfirst.core.errors import ModelRefused
from planfirst.embedders.text import first_line
from planfirst.words import Message


def need_sentence_transformers(what: Message) -> None:
    """Makes sure that sentence-transformers and torch can be imported, which takes seconds.

    Args:
        what: the message of what needs them.

    Raises:
        ModelRefused: they cannot.
    """
    try:
        import torch  # noqa: F401

        with _hidden("peft"):
            import sentence_transformers  # noqa: F401
    except (ImportError, OSError) as error:  # the latter where one of torch's libraries cannot be loaded
        missing = isinstance(error, ModuleNotFoundError) and error.name in ("torch", "sentence_transformers")
        why = Message("library-missing") if missing else Message("library-broken", reason=first_line(error))
        raise ModelRefused("sentence-transformers-missing", what=what, why=why, python=sys.executable) from error


@contextmanager
def _hidden(package: str) -> Iterator[None]:
    """Keeps a package from being imported. PEFT, there for training, takes seconds and loads native code of its own.

    Once transformers is imported, as in training, it may know already that the package is there, and then needs it.
    """
    if package in sys.modules or "transformers" in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[package]
