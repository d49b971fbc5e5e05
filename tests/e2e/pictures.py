"""Takes the pictures of the guides from the screenshots of the last `make e2e`: .e2e/out*/shots to docs/pictures.

Usage: python pictures.py [NAME...]; with names, only these pictures. What a real model wrote is on some of them
(`make e2e MODEL=qwen2.5-coder-0.5b`), so look at each before you keep it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

REPOSITORY = Path(__file__).resolve().parents[2]
PICTURES = {  # name of the picture: the walk's folder, and the step
    "right-click": ("out", "context-menu"),
    "preview": ("out", "preview"),
    "plan": ("out", "hover"),
    "edit-plan": ("out", "edit-the-plan-beside-the-file"),
    "steps": ("out", "a-step-marks-its-lines"),
    "enhanced-prompt": ("out", "enhanced-prompt"),
    "models": ("out", "choose-a-model"),
    "verdict": ("out", "verdict-failed"),
    "ghost-writing": ("out", "ghost-text-while-it-is-written"),
    "ghost-text": ("out", "ghost-text"),
    "assistant": ("out", "assistant-generates"),
    "chat-terminal": ("out-terminal", "set"),
    "chat-page": ("out-page", "the-answer-en"),
}


def main(names: list[str]) -> int:
    """Writes each picture with 128 colours, which is enough for a screenshot and a third of the size."""
    folder = REPOSITORY / "docs" / "pictures"
    folder.mkdir(exist_ok=True)
    size = 0
    for name in names or PICTURES:
        walk, step = PICTURES[name]
        (shot,) = (path for path in (REPOSITORY / ".e2e" / walk / "shots").glob("*.png") if path.stem[3:] == step)
        picture = folder / f"{name}.png"
        with Image.open(shot) as image:
            image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(picture, optimize=True)
        size += picture.stat().st_size
    print(f"{len(names or PICTURES)} pictures, {size / 1e3:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
