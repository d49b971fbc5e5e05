"""``planfirst models convert``: a GGUF file from a Hugging Face folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import MofNCompleteColumn

from planfirst.cli.console import bar, err, size_text


def convert(
    base: Annotated[Path, typer.Argument(help="The folder with config.json, tokenizer.json and safetensors weights.")],
    out: Annotated[Path, typer.Option("--out", help="The GGUF file to write; a model card goes beside it.")],
    adapter: Annotated[Path | None, typer.Option("--adapter", help="A PEFT LoRA adapter's folder, to merge.")] = None,
    kind: Annotated[str, typer.Option("--type", help="q4_0, q4_k_m, iq4_nl, f16 or f32.")] = "q4_0",
    through: Annotated[
        str, typer.Option("--through", help="f32 or f16: the width that is checked and then quantised.")
    ] = "f32",
    name: Annotated[str, typer.Option("--name", help="The model's name; without it, the file's.")] = "",
    profile: Annotated[str, typer.Option("--profile", help="The prompts it was trained on: compact or instruct.")] = "",
    check: Annotated[bool, typer.Option("--check/--no-check", help="Whether to compare it with PyTorch.")] = True,
    threads: Annotated[int, typer.Option("--threads", min=0, help="0 chooses by the size.")] = 0,
) -> None:
    """Make a GGUF file of a Hugging Face Llama or Qwen2 folder, with a LoRA adapter or without, and check it."""
    from planfirst_lab.training.command import ADAPTERS, require_extra

    require_extra("Converting a model", ADAPTERS)
    from planfirst_lab.convert.command import Options, checked_kind, checked_profile, checked_width
    from planfirst_lab.convert.command import convert as run

    options = Options(
        base.expanduser(),
        out.expanduser(),
        adapter.expanduser() if adapter else None,
        checked_kind(kind),
        checked_width(through),
        name,
        checked_profile(profile),
        check,
        threads,
    )
    with bar("Writing", MofNCompleteColumn()) as progress:
        made = run(options, err.print, progress)
    if made.check:
        typer.echo(
            f"Equal to PyTorch: {made.check.texts} texts in tokens, {made.check.greedy} greedy tokens; "
            f"logits within {made.check.difference:.5f}"
        )
    if made.loss:
        typer.echo(f"The likeliest token is the same in {made.loss.agreement:.1%} of {made.loss.places} places")
    typer.echo(f"Wrote {made.path} ({size_text(made.path.stat().st_size)}) and {made.card.name}")
