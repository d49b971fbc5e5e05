"""Text embeddings by a sentence-transformers model on the CPU, and a fake that needs no model.

The default model is the one that Planfirst comes with (`minilm`), so that nothing is fetched. A model's folder is
untrusted: weights are read from safetensors files only, never from pickles, and no code that comes with a model is run.
torch and sentence-transformers are an extra, and imported only where a model is loaded.
This module knows nothing of stores or pairs.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planfirst.adapters.bert_folder import QUERY_PROMPT
from planfirst.adapters.embedding_model import DEFINING, MULTILINGUAL, EmbeddingModel, fingerprint_of
from planfirst.core.errors import ModelMissing, ModelRefused
from planfirst.folders import embedding_folder
from planfirst.words import Message

_BATCH = 32
CHARS_PER_TOKEN = 32  # the model reads a few hundred tokens; a text is cut at this many characters for each of them
_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
_PICKLES = {".bin", ".ckpt", ".pickle", ".pkl", ".pt", ".pth"}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_a-zA-Z]+")


class Embedder:
    """A sentence-transformers model.

    It is synchronous, heavy to make (seconds, hundreds of megabytes) and for one thread at a time: give it a process.

    Args:
        model: empty for the bundled one; ``multilingual-e5-small`` for that of the extra ``multilingual``; a folder; or
            a name on the hub, such as ``paraphrase-MiniLM-L6-v2``, which is taken from the hub's local cache and
            fetched only when it is not there and ``HF_HUB_OFFLINE`` is not set.
        cache: the hub's cache folder; None for the hub client's own.
        threads: CPU threads for this process; 0 leaves torch's choice.

    Attributes:
        identity: the model's name and a hash of its weights, tokenizer and configuration.
        dimension: length of a vector.

    Raises:
        ModelMissing: there is no such model here, and it could not be fetched.
        ModelRefused: it has no safetensors weights, would run code of its own, or cannot be loaded; or
            sentence-transformers is not installed.
    """

    def __init__(self, model: str = "", *, cache: Path | None = None, threads: int = 0) -> None:
        found = find_model(model, cache)
        self.identity = found.identity
        need_sentence_transformers(Message("embedding-named", name=found.name))
        self._model = _load(found.folder, threads)
        self.dimension = int(self._model.get_embedding_dimension())
        self._longest = int(self._model.max_seq_length or 512) * CHARS_PER_TOKEN

    def embed(
        self,
        texts: Sequence[str],
        *,
        progress: Callable[[int], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> NDArray[np.float32]:
        """One unit vector for each text.

        Args:
            texts: what is longer than the model's window is cut off.
            progress: hears after each batch how many texts are done.
            stop: asked before each batch.

        Returns:
            float32 of shape (len(texts), dimension), in the order of ``texts``.

        Raises:
            CancelledError: ``stop`` returned True.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda n: len(texts[n]))  # little padding within a batch
        for start in range(0, len(texts), _BATCH):
            if stop and stop():
                raise CancelledError
            rows = by_length[start : start + _BATCH]
            vectors[rows] = self._model.encode(
                [valid(texts[n][: self._longest]) for n in rows],
                batch_size=_BATCH,
                show_progress_bar=False,
                convert_to_numpy=True,
                normalize_embeddings=True,
            )
            if progress:
                progress(start + len(rows))
        return vectors

    def embed_query(self, query: str) -> NDArray[np.float32]:
        """A unit vector of shape (1, dimension) for what is searched for; only a model with prompts has another one."""
        model = self._model
        name = QUERY_PROMPT if model.default_prompt_name and QUERY_PROMPT in model.prompts else None
        found = model.encode(
            [valid(query[: self._longest])],
            prompt_name=name,
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )
        return np.asarray(found, dtype=np.float32)

    def token_vectors(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """A unit vector for each token of each text: float32 of shape (tokens, dimension), one array a text."""
        found = self._model.encode(
            [valid(text[: self._longest]) for text in texts],
            output_value="token_embeddings",
            show_progress_bar=False,
            convert_to_numpy=False,
        )
        arrays = [np.asarray(tokens.cpu().numpy(), dtype=np.float32) for tokens in found]
        return [array / np.maximum(np.linalg.norm(array, axis=1, keepdims=True), 1e-9) for array in arrays]


class HashedEmbedder:
    """A fake with the interface of ``Embedder``: counts of words, hashed into a short vector.

    Texts that share words are near each other, and that is all it knows. It is deterministic and needs no model and no
    torch; names in code are split at underscores and capitals.

    Args:
        dimension: length of a vector.
    """

    def __init__(self, dimension: int = 128) -> None:
        self.dimension = dimension
        self.identity = f"hashed-words-{dimension}"

    def embed(
        self,
        texts: Sequence[str],
        *,
        progress: Callable[[int], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> NDArray[np.float32]:
        """As ``Embedder.embed``."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            if stop and stop():
                raise CancelledError
            for word in _WORD.findall(text) or [""]:
                digest = hashlib.blake2b(word.lower().encode("utf-8", "replace"), digest_size=8).digest()
                vectors[row, int.from_bytes(digest, "little") % self.dimension] += 1.0
            if progress:
                progress(row + 1)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / norms, dtype=np.float32)


def find_model(model: str, cache: Path | None = None) -> EmbeddingModel:
    """The model that is meant, fetched if it has to be; arguments and errors as those of `Embedder`."""
    if not model:
        from planfirst.adapters.minilm import bundled

        return bundled(embedding_folder())
    if model == MULTILINGUAL:
        from planfirst.adapters.e5 import multilingual

        return multilingual(embedding_folder())
    name, folder = _find(model, cache)
    refuse_unsafe(folder)
    return EmbeddingModel(name, folder, fingerprint_of(folder))


def valid(text: str) -> str:
    """The text without lone surrogates, which tokenizers cannot take and editors can send."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _find(model: str, cache: Path | None) -> tuple[str, Path]:
    """The model's name and its folder on this machine."""
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder.resolve().name, folder
    if not _HUB_NAME.fullmatch(model):
        raise ModelMissing("embedding-missing", folder=folder)
    return model, _from_hub(model, cache)


def _from_hub(name: str, cache: Path | None) -> Path:
    """The folder of a model in the hub's cache, fetched if it may be. Pickled weights are never fetched."""
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


def refuse_unsafe(folder: Path) -> None:
    """Refuses a folder whose weights, or a part of them, are there as a pickle only, or that names code to import."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    safe = {path.parent for path in files if path.suffix == ".safetensors"}
    for path in files:
        if path.suffix in _PICKLES and path.parent not in safe and path.stem != "training_args":
            raise ModelRefused("embedding-pickled", folder=folder, file=path.name)
    if not safe:
        raise ModelRefused("embedding-without-weights", folder=folder)
    for kind in _module_types(folder):
        if not kind.startswith("sentence_transformers."):
            raise ModelRefused("embedding-runs-code", folder=folder, kind=kind[:80])


def _module_types(folder: Path) -> list[str]:
    path = folder / "modules.json"
    if not path.exists():
        return []
    try:
        return [str(module["type"]) for module in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise ModelRefused("embedding-undescribed", file=path) from error


@contextmanager
def _hidden(package: str) -> Iterator[None]:
    """Keeps a package from being imported. PEFT, there for training, takes seconds and loads native code of its own."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[package]


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


def _load(folder: Path, threads: int) -> Any:
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
    if threads:
        torch.set_num_threads(threads)
    try:
        return SentenceTransformer(
            str(folder),
            device="cpu",
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:  # whatever its libraries raise on a damaged model, it cannot be loaded
        raise ModelRefused("embedding-broken", folder=folder, reason=first_line(error)) from error


def first_line(error: Exception | str) -> str:
    """What an error of a library says, cut to one line."""
    return str(error).strip().split("\n", 1)[0][:200].rstrip(".") or type(error).__name__
