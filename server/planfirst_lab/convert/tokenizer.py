"""The tokenizer of a Hugging Face folder: what a GGUF file must say of it, and text to token ids as llama.cpp does it.

Byte-level BPE in ``tokenizer.json`` is what Llama 3, Qwen2, SmolLM and GPT-2 have. llama.cpp knows their ways of
cutting text by name, so a tokenizer that cuts in another way is refused rather than written wrongly.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from planfirst.core.errors import ModelMissing, ModelRefused

_CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_WORDS = r"|[^\r\n\p{L}\p{N}]?\p{L}+|"
_REST = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
PATTERNS = {  # the regular expression that cuts text, to llama.cpp's name of it
    _CONTRACTIONS + _WORDS + r"\p{N}{1,3}" + _REST: "llama-bpe",
    _CONTRACTIONS + _WORDS + r"\p{N}" + _REST: "qwen2",
}
_LONGEST_JSON = 64 << 20  # bytes


class HfTokenizer:
    """A tokenizer read from a folder.

    Attributes:
        tokens: the text of each id, in byte-level spelling; control tokens as they are. ``control`` and ``added`` are
            the ids of special and of other added tokens.
        merges: ``a b`` texts, the first ones first.
        pre: llama.cpp's name of the way text is cut.
        bos, eos, pad: ids, or None. ``eos`` ends an answer.
        adds_bos: whether a text begins with ``bos``.
        chat_template: Jinja2 text; empty if there is none.

    Raises:
        ModelMissing: there is no ``tokenizer.json``.
        ModelRefused: it is damaged, or of a kind that cannot be converted.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "tokenizer.json"
        if not path.is_file():
            other = " There is only a SentencePiece model." if (folder / "tokenizer.model").is_file() else ""
            raise ModelMissing(
                "plain",
                what=f"There is no tokenizer.json in {folder}.{other}",
                next="Save it there with transformers (a fast tokenizer's save_pretrained), then try again.",
            )
        raw = read_json(path)
        try:
            self._text, self._special = Tokenizer.from_file(str(path)), Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises bare exceptions
            raise _damaged(path, str(error)) from error
        self._text.encode_special_tokens = True
        self.pre = _cutting(raw, path)
        self._vocabulary(raw, path)
        about = read_json(folder / "tokenizer_config.json") if (folder / "tokenizer_config.json").is_file() else {}
        config = read_json(folder / "config.json") if (folder / "config.json").is_file() else {}
        self.bos = self._id(about.get("bos_token"), config.get("bos_token_id"))
        self.eos = self._id(about.get("eos_token"), config.get("eos_token_id"))
        self.pad = self._id(about.get("pad_token"), config.get("pad_token_id"))
        first = self._special.encode("a", add_special_tokens=True).ids[:1]
        self.adds_bos = bool(about.get("add_bos_token")) or (self.bos is not None and first == [self.bos])
        self.chat_template = _chat_template(folder, about)

    def tokenise(self, text: str, special: bool = False) -> list[int]:
        """Token ids; with ``special``, control tokens that are spelled out in the text are recognised."""
        if not text:
            return []
        chosen = self._special if special else self._text
        ids: list[int] = chosen.encode(text, add_special_tokens=False).ids
        return ids

    @property
    def begin(self) -> int | None:
        """What the file says a text begins with: ``bos``, or ``eos`` where there is none, since llama.cpp wants one.

        A chat template that writes ``bos_token`` writes this one, in training as in use.
        """
        return self.eos if self.bos is None else self.bos

    def text_of(self, token: int | None) -> str:
        """The spelling of a control token; empty for None."""
        return "" if token is None else self.tokens.get(token, "")

    def _vocabulary(self, raw: dict[str, Any], path: Path) -> None:
        try:
            self.tokens = {int(number): str(token) for token, number in raw["model"]["vocab"].items()}
            merges = raw["model"]["merges"]
            self.merges = [" ".join(merge) if isinstance(merge, list) else str(merge) for merge in merges]
            added = raw.get("added_tokens") or []
            self.tokens |= {int(token["id"]): str(token["content"]) for token in added}
            self.control = {int(token["id"]) for token in added if token.get("special")}
            self.added = {int(token["id"]) for token in added} - self.control
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _damaged(path, f"{type(error).__name__} {error}") from error

    def _id(self, token: Any, number: Any) -> int | None:
        text = token.get("content") if isinstance(token, dict) else token
        if isinstance(text, str) and (found := self._special.token_to_id(text)) is not None:
            return int(found)
        number = number[0] if isinstance(number, list) and number else number
        return number if type(number) is int and number in self.tokens else None


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file of a model.

    Raises:
        ModelRefused: it is too large, cannot be read, or is something else.
    """
    try:
        if path.stat().st_size > _LONGEST_JSON:
            raise _damaged(path, "it is larger than any such file")
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(path, str(error)) from error
    if not isinstance(found, dict):
        raise _damaged(path, "it holds no object")
    return found


def _cutting(raw: dict[str, Any], path: Path) -> str:
    """llama.cpp's name for the way in which the tokenizer cuts text before it merges."""
    try:
        if raw["model"]["type"] != "BPE" or raw["model"].get("byte_fallback"):
            raise _foreign(path, "is not byte-level BPE")
        pre = raw["pre_tokenizer"] or {}
        parts = pre["pretokenizers"] if pre.get("type") == "Sequence" else [pre]
        kinds = [part["type"] for part in parts]
        if kinds[-1] != "ByteLevel" or parts[-1].get("add_prefix_space"):
            raise _foreign(path, "is not byte-level BPE, or adds a space of its own")
        if kinds == ["ByteLevel"] and parts[0].get("use_regex", True):
            return "gpt-2"
        if kinds == ["Digits", "ByteLevel"] and parts[0].get("individual_digits") and parts[1].get("use_regex", True):
            return "smollm"
        if kinds == ["Split", "ByteLevel"] and (name := PATTERNS.get(parts[0]["pattern"].get("Regex", ""))):
            return name
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise _damaged(path, f"{type(error).__name__} {error}") from error
    raise _foreign(path, "cuts text in a way that is not known here")


def _chat_template(folder: Path, about: dict[str, Any]) -> str:
    file = folder / "chat_template.jinja"
    if file.is_file():
        return file.read_text(encoding="utf-8", errors="replace")
    found = about.get("chat_template")
    if isinstance(found, list):  # several, by name
        found = next(
            (one.get("template") for one in found if isinstance(one, dict) and one.get("name") == "default"), ""
        )
    return found if isinstance(found, str) else ""


def _damaged(path: Path, why: str) -> ModelRefused:
    return ModelRefused(
        "plain", what=f"{path} cannot be used: {why.rstrip('.')}.", next="Fetch the model's folder again."
    )


def _foreign(path: Path, what: str) -> ModelRefused:
    return ModelRefused(
        "plain",
        what=f"The tokenizer in {path} {what}.",
        next="Convert a model with the tokenizer of Llama 3, Qwen2, SmolLM or GPT-2.",
    )
