"""The starter in llama-cpp-python alone, as somebody uses it who has the file and not Planfirst."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from planfirst.models import resolve

# The model card shows this; a process of its own, since a fault in native code would end it.
SCRIPT = """
import sys
from llama_cpp import Llama

llama = Llama(sys.argv[1], n_ctx=1024, verbose=False)
messages = [{"role": "user", "content": sys.stdin.read()}]
print(llama.create_chat_completion(messages, temperature=0.0, max_tokens=200)["choices"][0]["message"]["content"])
"""
EXAMPLE = '''def evens(numbers: list[int]) -> list[int]:
    """Return the even numbers, in their order."""
    return [number for number in numbers if number % 2 == 0]'''
PROMPT = f"""Plan in at most six steps, then write Python.

Similar (0.93): keep only the even numbers of a list
{EXAMPLE}

Request: only the even numbers of a list
Plan:
1. Go through the numbers in a list comprehension.
2. Keep those of which the remainder by two is zero.
Code:
"""


@pytest.mark.real
def test_it_loads_with_its_chat_template_and_writes() -> None:
    command = [sys.executable, "-c", SCRIPT, str(resolve("starter").path)]
    done = subprocess.run(command, input=PROMPT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert ast.unparse(ast.parse(done.stdout)) == ast.unparse(ast.parse(EXAMPLE))
