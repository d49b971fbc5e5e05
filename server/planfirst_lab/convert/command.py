"""`planfirst models convert`: folder and adapter in, GGUF file and model card out. Nothing is left half written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import torch
from jinja2 import Environment, StrictUndefined

from planfirst.adapters.checksums import sha256_of
from planfirst.adapters.llama import threads_for
from planfirst.core.errors import BadSetting, ModelError
from planfirst.models.quantise import Quantisation, quantise
from planfirst_lab.convert import parity
from planfirst_lab.convert.adapter import Adapter
from planfirst_lab.convert.folder import HfFolder
from planfirst_lab.convert.reference import HfReference
from planfirst_lab.convert.tokenizer import HfTokenizer
from planfirst_lab.convert.write import Width, write

T = TypeVar("T")
Kind = Literal["q4_0", "q4_k_m", "iq4_nl", "f16", "f32"]
_KINDS: dict[str, Kind] = {"q4_0": "q4_0", "q4_k_m": "q4_k_m", "iq4_nl": "iq4_nl", "f16": "f16", "f32": "f32"}
_WIDTHS: dict[str, Width] = {"f16": "f16", "f32": "f32"}
_PROFILES = {"": "", "compact": "compact", "instruct": "instruct"}
# llama.cpp multiplies with activations of 16 bits where the weights have them.
_TOLERANCE: dict[Width, float] = {"f32": parity.TOLERANCE, "f16": 0.3}
_LICENCE = re.compile(r"^licen[sc]e:\s*['\"]?([\w.+-]+)", re.MULTILINE)
_CARD = Path(__file__).with_name("card.md.j2")


@dataclass(frozen=True, slots=True)
class Options:
    """What is to be converted.

    Attributes:
        base, adapter: folders.
        target: the GGUF file; the card goes beside it.
        through: the width at which the file is checked and from which it is quantised.
        profile: prompts the model was trained on; empty to take what the adapter or the base says.
        threads: 0 for what serves a model of this size best.
    """

    base: Path
    target: Path
    adapter: Path | None = None
    kind: Kind = "q4_0"
    through: Width = "f32"
    name: str = ""
    profile: str = ""
    check: bool = True
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Loss:
    """What quantisation cost: the share of places with the same likeliest token, and the largest logit difference."""

    places: int
    agreement: float
    difference: float


@dataclass(frozen=True, slots=True)
class Result:
    """What was made. ``check`` is None where it was not asked for, ``loss`` where nothing was quantised."""

    path: Path
    card: Path
    check: parity.Report | None
    loss: Loss | None


def convert(options: Options, say: Callable[[str], None], progress: Callable[[int, int], None]) -> Result:
    """Converts a model.

    Raises:
        ModelError: the folder, the adapter or what came out of them cannot be used.
        BadSetting: the options contradict each other.
    """
    target = options.target
    if target.suffix.lower() != ".gguf":
        raise BadSetting(
            "plain",
            what=f"{target} is not the name of a GGUF file.",
            next="Name the file to write, such as planner.gguf.",
        )
    through: Width = "f16" if options.kind == "f16" else "f32" if options.kind == "f32" else options.through
    quantised: Quantisation | None = None if options.kind == "f16" or options.kind == "f32" else options.kind
    tokenizer = HfTokenizer(options.base)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        full = target.with_name(f"{target.stem}-{through}.whole.gguf") if quantised else target
        with HfFolder(options.base) as folder:
            shape = folder.shape
            adapter = Adapter(options.adapter, folder) if options.adapter else None
            profile = options.profile or str((adapter.ours if adapter else shape.ours).get("profile", ""))
            licence = _licence(options.base)
            name = options.name or target.stem
            say(f"Writing {full.name}")
            write(
                folder,
                tokenizer,
                adapter,
                full,
                name=name,
                licence=licence,
                profile=profile,
                width=through,
                progress=progress,
            )
        try:
            prompts = parity.prompts(tokenizer, "Plan.")
            threads = options.threads or threads_for(full.stat().st_size)
            report = None
            if options.check:
                say("Comparing it with PyTorch")
                torch.set_num_threads(threads)
                reference = HfReference(options.base, shape.architecture, tokenizer, options.adapter)
                report = parity.compare(reference, full, prompts, tolerance=_TOLERANCE[through])
                del reference
            loss = None
            if quantised:
                say(f"Quantising to {quantised.upper()}")
                quantise(full, target, threads, quantised, eight_bit_embedding=quantised != "q4_k_m")
                loss = _loss(full, target, prompts)
        except BaseException:
            if full == target:
                full.unlink(missing_ok=True)  # a file that failed its check must not be used by mistake
            raise
        finally:
            if full != target:
                full.unlink(missing_ok=True)
    except OSError as error:
        raise ModelError(
            "plain",
            what=f"{target} cannot be written: {error.strerror or error}.",
            next="Check the folder and its free space.",
        ) from error
    card = _write_card(
        options,
        name=name,
        licence=licence,
        shape=shape,
        pre=tokenizer.pre,
        template=tokenizer.chat_template,
        profile=profile,
        check=report,
        through=through,
        prompts=len(prompts),
        loss=loss,
    )
    return Result(target, card, report, loss)


def _write_card(options: Options, **facts: object) -> Path:
    """Writes the model card beside the file, and returns its path.

    Args:
        facts: what the card says that neither the options nor the file tell, by its names in the template.
    """
    target = options.target
    card = target.with_name(f"{target.stem}.md")
    card.write_text(
        Environment(undefined=StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701 - Markdown
        .from_string(_CARD.read_text(encoding="utf-8"))
        .render(
            base=options.base.resolve().name,
            adapter=options.adapter.resolve().name if options.adapter else "",
            file=target.name,
            megabytes=target.stat().st_size / 1e6,
            sha256=sha256_of(target),
            kind=options.kind.upper(),
            **facts,
        ),
        encoding="utf-8",
    )
    return card


def checked_kind(text: str) -> Kind:
    """The kind of file that a text names.

    Raises:
        BadSetting: there is none of that name; the same holds for the next two.
    """
    return _one_of(_KINDS, text, "type of file")


def checked_width(text: str) -> Width:
    """The width that a text names."""
    return _one_of(_WIDTHS, text, "width")


def checked_profile(text: str) -> str:
    """The prompt profile that a text names, or an empty text."""
    return _one_of(_PROFILES, text, "prompt profile")


def _one_of(known: Mapping[str, T], text: str, what: str) -> T:
    if text.lower() not in known:
        raise BadSetting(
            "plain", what=f"There is no {what} {text!r}.", next=f"Use one of {', '.join(filter(None, known))}."
        )
    return known[text.lower()]


def _loss(full: Path, target: Path, prompts: list[list[int]]) -> Loss:
    context = max(512, max(map(len, prompts)) + 16)
    with parity.opened(full, context, logits=True) as gguf:
        before = [parity.logits_of(gguf, prompt) for prompt in prompts]
    with parity.opened(target, context, logits=True) as gguf:
        after = [parity.logits_of(gguf, prompt) for prompt in prompts]
    one, two = np.concatenate(before), np.concatenate(after)
    same = float((one.argmax(1) == two.argmax(1)).mean())
    return Loss(len(one), same, float(np.abs(one - two).max()))


def _licence(base: Path) -> str:
    """What the base's own card says in its front matter; empty if it says nothing."""
    card = base / "README.md"
    if not card.is_file():
        return ""
    head = card.read_text(encoding="utf-8", errors="replace")[:20_000]
    match = _LICENCE.search(head.split("---")[1]) if head.startswith("---") and head.count("---") > 1 else None
    return match[1] if match else ""
