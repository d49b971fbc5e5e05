"""The embedding models that come in packages, by what the setting ``retriever.model`` calls them."""

from __future__ import annotations

from typing import Final

from planfirst.embedders.e5.folder import E5
from planfirst.embedders.minilm.folder import MINILM
from planfirst.embedders.packaged_model import PackagedModel

BUNDLED: Final = MINILM
"""The one that Planfirst comes with; no setting means it."""
PACKAGED: Final[dict[str, PackagedModel]] = {"": BUNDLED, E5.name: E5}
