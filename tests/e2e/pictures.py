"""Takes the pictures of the guides from the screenshots of the last `make e2e`: .e2e/out/shots to docs/pictures."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

REPOSITORY = Path(__file__).resolve().parents[2]
PICTURES = {  # step of the walk: name of the picture
    "context-menu": "right-click",
    "preview": "preview",
    "hover": "plan",
    "edit-the-plan-beside-the-file": "edit-plan",
    "enhanced-prompt": "enhanced-prompt",
    "choose-a-model": "models",
    "verdict-failed": "verdict",
    "ghost-text-while-it-is-written": "ghost-writing",
}


def main() -> int:
    """Writes each picture with 128 colours, which is enough for a screenshot and a third of the size."""
    folder = REPOSITORY / "docs" / "pictures"
    folder.mkdir(exist_ok=True)
    size = 0
    for step, name in PICTURES.items():
        (shot,) = (path for path in (REPOSITORY / ".e2e/out/shots").glob(f"*-{step}.png") if path.stem[3:] == step)
        picture = folder / f"{name}.png"
        with Image.open(shot) as image:
            image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(picture, optimize=True)
        size += picture.stat().st_size
    print(f"{len(PICTURES)} pictures, {size / 1e3:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
