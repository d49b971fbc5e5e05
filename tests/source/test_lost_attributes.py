"""Attributes that an answer sets where nothing of it is taken."""

# ruff: noqa: E501 (sources in one row each)

from __future__ import annotations

import pytest

from planfirst.words import Message
from tests.source.sites import answered

LOST = [
    ("python", "class A:\n    def __init__(self):\n        self.xs = []\n\n    # count calls¤\n", "class A:\n    def __init__(self):\n        self.xs = []\n        self.calls: int = 0\n\n    def count(self):\n        self.calls += 1\n        return self.calls\n", "self.calls", "__init__"),
    ("python", "class A:\n    def __init__(self):\n        self.xs = []\n\n    def count(self):\n        \"\"\"Count calls.\"\"\"¤\n", "class A:\n    def __init__(self):\n        self.xs = []\n        self.calls = 0\n        self.most = 9\n\n    def count(self):\n        return min(self.calls, self.most)\n", "self.calls, self.most", "__init__"),
    ("javascript", "class A {\n  constructor() {\n    this.xs = [];\n  }\n\n  // count calls¤\n}\n", "class A {\n  constructor() {\n    this.xs = [];\n    this.calls = 0;\n  }\n\n  count() {\n    return ++this.calls;\n  }\n}\n", "this.calls", "constructor"),
    ("typescript", "class A {\n  constructor() {\n    this.xs = [];\n  }\n\n  // count calls¤\n  count(): number {\n  }\n}\n", "class A {\n  constructor() {\n    this.xs = [];\n    this.calls = 0;\n  }\n\n  count(): number {\n    return ++this.calls;\n  }\n}\n", "this.calls", "constructor"),
    ("php", "<?php\nclass A {\n    public function __construct() {\n        $this->xs = [];\n    }\n\n    // count calls¤\n    public function count() {\n    }\n}\n", "<?php\nclass A {\n    public function __construct() {\n        $this->xs = [];\n        $this->calls = 0;\n    }\n\n    public function count() {\n        return ++$this->calls;\n    }\n}\n", "$this->calls", "__construct"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "answer", "names", "function"), LOST)
def test_you_are_told(language: str, text: str, answer: str, names: str, function: str) -> None:
    placement = answered(text, language, answer)
    assert placement.refused is None
    assert Message("answer-attributes-left-out", names=names, function=function) in placement.notices


KEPT = [
    ("python", "class A:\n    def __init__(self):\n        self.xs = []\n\n    # add x¤\n", "class A:\n    def __init__(self):\n        self.xs = []\n        self.unused = 0\n\n    def add(self, x):\n        self.xs.append(x)\n"),
    ("python", "class A:\n    # count calls¤\n", "class A:\n    def __init__(self):\n        self.calls = 0\n\n    def count(self):\n        return self.calls\n"),
    ("javascript", "class A {\n  // count calls¤\n}\n", "class A {\n  calls = 0;\n\n  count() {\n    return ++this.calls;\n  }\n}\n"),
    ("java", "class A {\n    // count calls¤\n}\n", "class A {\n    int calls;\n\n    A() {\n        this.calls = 1;\n    }\n\n    int count() {\n        return ++this.calls;\n    }\n}\n"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "answer"), KEPT)
def test_nothing_is_said_of_what_is_there_or_not_needed(language: str, text: str, answer: str) -> None:
    placement = answered(text, language, answer)
    assert placement.refused is None
    assert "answer-attributes-left-out" not in [notice.code for notice in placement.notices]
