from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

_CODE = """
from transformers.utils import is_peft_available
assert is_peft_available()
from planfirst.embedders.extra import need_sentence_transformers
from planfirst.words import Message
need_sentence_transformers(Message("library-missing"))
"""


@pytest.mark.skipif(not (find_spec("peft") and find_spec("sentence_transformers")), reason="an extra is not installed")
def test_who_trains_can_embed_too() -> None:
    """Transformers remembers that PEFT is there, and cannot be kept from it later."""
    ran = subprocess.run([sys.executable, "-c", _CODE], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
