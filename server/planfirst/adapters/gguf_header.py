"""What a GGUF file says of itself; a file that native code should not see is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from planfirst.adapters.ggml_types import FILE_TYPES
from planfirst.adapters.gguf_reader import Reader, RefusedError, Tensor, Value
from planfirst.core.errors import ModelMissing, ModelRefused

COPIES = "planfirst.copies"  # keys of our own, which other programs pass over
PROFILE = "planfirst.profile"
_EMBEDDING = "token_embd.weight"


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a GGUF file says of itself.

    Attributes:
        version: of the format.
        tensors: how many there are.
        metadata: scalars and strings by key; an array ``key`` appears as its length, under ``key.length``.
        size: of the file, in bytes.
        layout: the tensors by name.
    """

    version: int
    tensors: int
    metadata: Mapping[str, Value]
    size: int
    layout: Mapping[str, Tensor]

    @property
    def all_types(self) -> frozenset[int]:
        """ggml's numbers of the types of all tensors."""
        return frozenset(tensor.kind for tensor in self.layout.values())

    @property
    def layer_types(self) -> frozenset[int]:
        """Those of all but the token embedding."""
        return frozenset(tensor.kind for name, tensor in self.layout.items() if name != _EMBEDDING)

    @property
    def architecture(self) -> str:
        """For example ``llama``; empty if it is not said."""
        return self._text("general.architecture")

    @property
    def name(self) -> str:
        """The model's name; empty if it is not said."""
        return self._text("general.name")

    @property
    def chat_template(self) -> str:
        """The Jinja2 template of a conversation, as the file carries it; empty if there is none."""
        return self._text("tokenizer.chat_template")

    @property
    def context_length(self) -> int:
        """Tokens that the model was trained for; 0 if it is not said."""
        value = self.metadata.get(f"{self.architecture}.context_length")
        return value if isinstance(value, int) and value > 0 else 0

    @property
    def copies(self) -> bool:
        """Whether the model was made to carry an example over, and wants to be kept from going round in it."""
        return self.metadata.get(COPIES) is True

    @property
    def profile(self) -> str:
        """Which prompts the model was trained on, ``compact`` or ``instruct``; empty if it is not said."""
        found = self._text(PROFILE)
        return found if found in ("compact", "instruct") else ""

    @property
    def file_type_name(self) -> str:
        """The quantisation, for example ``Q4_0``; empty if it is not said or not known."""
        value = self.metadata.get("general.file_type")
        return FILE_TYPES.get(value, "") if isinstance(value, int) else ""

    def _text(self, key: str) -> str:
        value = self.metadata.get(key)
        return value if isinstance(value, str) else ""


def read_header(path: Path) -> GgufHeader:
    """Reads and checks the header of the GGUF file at ``path``; whatever its bytes are, nothing else is raised.

    Raises:
        ModelMissing: there is no such file.
        ModelRefused: it cannot be read, or is not a whole, little-endian GGUF file of version 2 or 3.
    """
    try:
        if not path.is_file():
            raise ModelMissing("model-file-missing", file=path)
        with path.open("rb") as file:
            version, metadata, layout = Reader(file, size := path.stat().st_size).contents()
    except RefusedError as refusal:
        raise ModelRefused("model-file-refused", file=path.name, reason=refusal) from None
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        reason = getattr(error, "strerror", None) or error
        raise ModelRefused("file-unreadable", file=path, reason=reason) from error
    return GgufHeader(version, len(layout), MappingProxyType(metadata), size, MappingProxyType(layout))
