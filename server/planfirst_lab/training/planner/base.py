"""The model that a planner is trained on: a Hugging Face folder, one of the hub, or a GGUF file, which is unpacked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file

from planfirst.adapters.gguf_header import read_header
from planfirst.core.errors import HubError, ModelError, ModelMissing
from planfirst.models import resolve
from planfirst_lab.training import tokenizer as tokens
from planfirst_lab.training.model import EPSILON, STILL, Llama
from planfirst_lab.training.planner import from_gguf
from planfirst_lab.training.rag import weights

_PARTS = {  # names of a layer's parts, Hugging Face's and ours
    "input_layernorm": "attention_norm",
    "self_attn.q_proj": "q",
    "self_attn.k_proj": "k",
    "self_attn.v_proj": "v",
    "self_attn.o_proj": "o",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "gate",
    "mlp.up_proj": "up",
    "mlp.down_proj": "down",
}
_FETCHED = [
    "*.safetensors",
    "*.safetensors.index.json",
    "config.json",
    "generation_config.json",
    "tokenizer*",
    "README.md",
]


@dataclass(frozen=True, slots=True)
class Base:
    """A base as a Hugging Face folder, and the GGUF file that it was unpacked from, if it was."""

    folder: Path
    gguf: Path | None = None


def base_of(base: str, work: Path) -> Base:
    """A base by its name; a GGUF file is unpacked into ``work`` first.

    Args:
        base: a folder; the name of a model on this machine or the path of a GGUF file; or ``owner/model`` on the hub,
            which is taken from the hub's cache, and fetched if it is not there and ``HF_HUB_OFFLINE`` is not set.

    Raises:
        ModelError: there is no such model, or it cannot be used.
        HubError: it could not be fetched.
    """
    path = Path(base).expanduser()
    if path.is_dir():
        return Base(path)
    if path.suffix.lower() != ".gguf" and base.count("/") == 1 and not path.is_absolute():
        return Base(_from_hub(base))
    try:
        source = resolve(base).path
    except ModelMissing as error:
        raise ModelMissing(
            "plain",
            what=f"There is no model {base}.",
            next="Name a Hugging Face folder, a model of this machine or its GGUF file, or owner/model on the hub.",
        ) from error
    target = work / source.stem
    if not (target / "config.json").is_file():
        if read_header(source).copies:
            unpack(source, target)
        else:
            from_gguf.unpack(source, target)
    return Base(target, source)


def unpack(source: Path, target: Path) -> None:
    """Writes a GGUF file of the starter's kind as a Hugging Face folder.

    Raises:
        ModelError: the file is of another kind, or the folder cannot be written.
    """
    model, bpe = weights.read(source)
    try:
        target.mkdir(parents=True, exist_ok=True)
        save_file(_tensors(model), target / "model.safetensors", metadata={"format": "pt"})
        bpe.save(str(target / "tokenizer.json"))
        about = {"eos_token": tokens.END, "pad_token": tokens.PAD, "chat_template": tokens.CHAT_TEMPLATE}
        licence = read_header(source).metadata.get("general.license", "unknown")
        (target / "README.md").write_text(f"---\nlicense: {licence}\n---\n", encoding="utf-8")
        (target / "tokenizer_config.json").write_text(json.dumps(about, indent=1), encoding="utf-8")
        (target / "config.json").write_text(json.dumps(_config(model), indent=1), encoding="utf-8")  # last: it is whole
    except OSError as error:
        raise ModelError(
            "plain",
            what=f"{target} cannot be written: {error.strerror or error}.",
            next="Check the folder and its free space.",
        ) from error


def _config(model: Llama) -> dict[str, object]:
    shape = model.shape
    slower = [1.0 if pair < shape.turning_pairs else STILL for pair in range(shape.head // 2)]
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": shape.width,
        "intermediate_size": shape.feed_forward,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.heads,
        "head_dim": shape.head,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.context,
        "rms_norm_eps": EPSILON,
        "tie_word_embeddings": True,
        "eos_token_id": tokens.END_ID,
        "pad_token_id": tokens.PAD_ID,
        "bos_token_id": None,
        # The one kind of positions in transformers that lets each pair turn at a speed of its own.
        "rope_parameters": {
            "rope_type": "longrope",
            "rope_theta": shape.rope_theta,
            "short_factor": slower,
            "long_factor": slower,
            "factor": 1.0,
            "attention_factor": 1.0,
            "original_max_position_embeddings": shape.context,
        },
        "planfirst": {"profile": "compact", "copies": shape.copies},
    }


def _tensors(model: Llama) -> dict[str, torch.Tensor]:
    state = {name: value.detach().contiguous() for name, value in model.state_dict().items()}
    found = {"model.embed_tokens.weight": state["embedding.weight"], "model.norm.weight": state["norm.weight"]}
    for layer in range(model.shape.layers):
        for theirs, ours in _PARTS.items():
            found[f"model.layers.{layer}.{theirs}.weight"] = state[f"layers.{layer}.{ours}.weight"]
    return found


def _from_hub(name: str) -> Path:
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        found = Path(snapshot_download(name, local_files_only=True, allow_patterns=_FETCHED))
        if any(found.glob("*.safetensors")):
            return found
    except LocalEntryNotFoundError:
        pass
    if constants.HF_HUB_OFFLINE:
        raise ModelMissing(
            "plain",
            what=f"The model {name} is not on this machine, and HF_HUB_OFFLINE is set.",
            next="Name its folder.",
        )
    try:
        return Path(snapshot_download(name, allow_patterns=_FETCHED))
    except Exception as error:  # the hub client raises errors of several libraries
        reason = next(iter(str(error).splitlines()), type(error).__name__)[:200].rstrip(".")
        raise HubError(
            "plain",
            what=f"{name} could not be fetched: {reason}.",
            next="Check its name and licence, or name a folder.",
        ) from error
