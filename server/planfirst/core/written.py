"""The code in what a model wrote, or in what there is of it."""

from __future__ import annotations

from planfirst.core import begun, draft
from planfirst.core.generate import extract_code, flush_left, stub_name
from planfirst.core.scripts import without_foreign_comments
from planfirst.core.types import Plan, Prompt, Task


def code_in(answer: str, prompt: Prompt, task: Task, plan: Plan | None) -> str:
    """The code, without what was begun for the model and stands in the file; empty where there is none."""
    opened = prompt.begun.partition("\n")[0] + "\n" if begun.begins_anew(answer, task) else prompt.begun
    code = extract_code(opened + answer, task.language, stub_name(task.header)) if answer.strip() else ""
    if prompt.begun and not task.header and task.opening:
        code = flush_left(code.removeprefix(task.opening))  # which stands in the file
    mark = draft.marker(task.language)
    code = begun.ended(code, mark)
    code = without_foreign_comments(code, mark, task.request, task.opening, *task.excerpts)
    return draft.uncommented(code, plan, task) if plan and prompt.begun else code
