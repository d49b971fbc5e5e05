"""Headings name the part of a file that begins there and ask for nothing; a short imperative asks."""

from __future__ import annotations

import pytest

from planfirst.source.headings import is_heading
from tests.source.sites import MARK, found, site_in

HEADINGS = [
    "# ---- helpers ----",
    "# === utils ===",
    "# Helpers:",
    "# Helpers",
    "# Section: parsing",
    f"# ------------------\n# Helpers{MARK}\n# ------------------",
    "# * Utilities *",
    "# region Helpers",
    "# Constants",
    "# Public API",
    "# Private helpers",
    "# Step 1: parsing",
    "# Getters and setters",
    "# -------- DATABASE ACCESS --------",
]
IN_BRACES = [
    "// ---- helpers ----",
    "/* Section: parsing */",
    "////////",
    "// Types",
    "/* ===== Public API ===== */",
    f"/*\n * Helpers{MARK}\n */",
    "// MARK: - Lifecycle",
]
REQUESTS = [
    "sort",
    "quicksort",
    "Debounce",
    "Parse the file",
    "helper to trim text:",
    "--- sort the rows ---",
    "TODO: helpers",
    "print the constants",
    "load settings",
    "Stack",
    "region growing on the image",
    "return all types, sorted",
    "the other actions",
]


@pytest.mark.parametrize("comment", HEADINGS)
def test_a_heading_asks_for_nothing(comment: str) -> None:
    marked = comment if MARK in comment else comment + MARK
    assert site_in(f"{marked}\n\n\ndef f(x):\n    return x\n")[1] is None


@pytest.mark.parametrize("comment", IN_BRACES)
def test_a_heading_asks_for_nothing_in_languages_with_braces(comment: str) -> None:
    marked = comment if MARK in comment else comment + MARK
    assert site_in(f"{marked}\n\nfunction f() {{\n  return 1;\n}}\n", "typescript")[1] is None


@pytest.mark.parametrize("words", REQUESTS)
def test_a_short_imperative_asks(words: str) -> None:
    assert not is_heading(words)
    assert found(f"# {words}{MARK}\n\nx = 1\n").task.request == words
