"""``planfirst train``: making models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Train models.", rich_markup_mode=None)


@app.callback()
def train() -> None:
    """Keeps ``starter`` a subcommand while it is the only one."""


@app.command(
    help="Train the starter model from scratch: data, tokenizer, training, GGUF, 4 bits. Resumes where it stopped."
)
def starter(
    out: Annotated[Path, typer.Option("--out", help="Where the GGUF file and the model card go.")] = Path(
        "models/starter"
    ),
    work: Annotated[Path, typer.Option("--work", help="Where data and checkpoints are kept.")] = Path("build/starter"),
    config: Annotated[Path | None, typer.Option("--config", help="A TOML file; without it, the shipped one.")] = None,
    minutes: Annotated[float | None, typer.Option("--minutes", min=0.01, help="Stop training after so long.")] = None,
    device: Annotated[str, typer.Option("--device", help="auto, cpu or cuda.")] = "auto",
    extra_data: Annotated[Path | None, typer.Option("--extra-data", help="A folder of public data sets.")] = None,
) -> None:
    from planfirst.training.command import train_starter

    train_starter(config, work, out, minutes=minutes, device=device, extra_data=extra_data)
