"""The bundle's bill of materials, as CycloneDX 1.6 JSON: what is in it, in which version, under which licence.

It says the same for the same files, so two bundles can be compared by it. Format: https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
import zipfile
from collections.abc import Iterable, Iterator
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

Component = dict[str, Any]
BUILT_IN = ("vscode-languageclient",)  # what the extension's source imports, besides the editor and Node.js
_SHORT = 60  # characters; a longer field is the licence's text and not its name


def bill_of(wheels: Iterable[Path], lock: Path, version: str, model: Path | None = None) -> dict[str, Any]:
    """The bill as a value to be written as JSON.

    Args:
        wheels: every wheel of the bundle.
        lock: the extension's package-lock.json.
        version: of Planfirst.
        model: the model file that the bundle carries, if it does.
    """
    components = [*map(_wheel, sorted(wheels, key=lambda path: path.name)), *_packages(lock)]
    if model is not None:
        components.append(
            {"type": "machine-learning-model", "bom-ref": model.name, "name": model.name, "hashes": _hashes(model)}
        )
    said = json.dumps(components, sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, said)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "planfirst",
                "name": "planfirst",
                "version": version,
                "licenses": [{"expression": "Apache-2.0"}],
            }
        },
        "components": components,
    }


def licence_of(metadata: Message) -> str:
    """The licence that a distribution's metadata name: an SPDX expression, or its own words; empty for none."""
    if said := metadata.get("License-Expression"):
        return str(said)
    kinds = [one for one in metadata.get_all("Classifier", []) if one.startswith("License :: ")]
    if kinds:
        return " AND ".join(sorted({one.rpartition(" :: ")[2] for one in kinds}))
    own = str(metadata.get("License") or "").strip()
    return own if len(own) <= _SHORT and own != "UNKNOWN" else ""


def _wheel(path: Path) -> Component:
    with zipfile.ZipFile(path) as archive:
        (name,) = (one for one in archive.namelist() if one.count("/") == 1 and one.endswith(".dist-info/METADATA"))
        metadata = HeaderParser().parsestr(archive.read(name).decode("utf-8", "replace"))
    name, version = str(metadata["Name"]), str(metadata["Version"])
    purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    return _component(name, version, purl, licence_of(metadata), _hashes(path))


def _packages(lock: Path) -> Iterator[Component]:
    """The packages that are built into the extension: those that its source imports, and what they need."""
    every, names = json.loads(lock.read_text(encoding="utf-8"))["packages"], list(BUILT_IN)
    found: dict[str, Any] = {}
    while names:
        name = names.pop()
        if name not in found:
            found[name] = every[f"node_modules/{name}"]
            names += found[name].get("dependencies", {})
    for name, about in sorted(found.items()):
        algorithm, _, digest = about["integrity"].partition("-")
        hashes = [{"alg": f"SHA-{algorithm[3:]}", "content": base64.b64decode(digest).hex()}]
        purl = f"pkg:npm/{name.replace('@', '%40')}@{about['version']}"
        yield _component(name, about["version"], purl, about.get("license", ""), hashes)


def _component(name: str, version: str, purl: str, licence: str, hashes: list[dict[str, str]]) -> Component:
    found: Component = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
    if hashes:
        found["hashes"] = hashes
    if licence:
        found["licenses"] = [{"license": {"name": licence}}]
    return found


def _hashes(path: Path) -> list[dict[str, str]]:
    with path.open("rb") as file:
        return [{"alg": "SHA-256", "content": hashlib.file_digest(file, "sha256").hexdigest()}]
