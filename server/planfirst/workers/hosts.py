"""What a child process can serve, by the kind that its parent names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from planfirst.workers.host import Host
from planfirst.workers.indexing_host import IndexingHost
from planfirst.workers.model_host import ModelHost
from planfirst.workers.retriever_host import RetrieverHost
from planfirst.workers.trial_host import TrialHost

HOSTS: Mapping[str, Callable[[], Host]] = {
    "model": ModelHost,
    "retriever": RetrieverHost,
    "indexing": IndexingHost,
    "trial": TrialHost,
}
