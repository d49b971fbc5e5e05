from __future__ import annotations

import pytest

from planfirst.adapters.scripted import ScriptedWriter
from planfirst.core.types import Pair, Plan
from planfirst_lab.training.augment.teachers import Answer, ModelTeacher, OfflineTeacher, grammar, parse

PAIR = Pair("1", "return the sum of the given numbers", "def total(numbers):\n    return sum(numbers)", "x", "MIT", "")
GOOD = "Question: how do I add numbers up?\nPlan:\n1. Call sum on the numbers.\n2. Return it.\n"


def test_an_answer_is_taken_apart() -> None:
    answer = parse(GOOD, 10, 5)
    assert answer == Answer("how do I add numbers up?", Plan(("Call sum on the numbers.", "Return it.")), "", "", 10, 5)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I'm sorry, but I can't help with that.", "the teacher refused"),
        ("Sure! Here is the plan:\n1. Add.", "the teacher answered in another form"),
        ("", "the teacher answered in another form"),
        ("Question: x\nPlan:\nfirst add", "there is no plan"),
        ("Question: x\nPlan:\n" + "\n".join(f"{n}. a" for n in range(1, 9)), "the plan has more than 6 steps"),
    ],
)
def test_an_answer_in_another_form_has_a_reason(text: str, reason: str) -> None:
    answer = parse(text, 3, 4)
    assert (answer.reason, answer.plan, answer.tokens_read, answer.tokens_written) == (reason, None, 3, 4)


async def test_offline_rewords_and_reads_the_plan_off_the_code() -> None:
    teacher = OfflineTeacher()
    one, same, other = [await teacher.ask(PAIR, visit, 1) for visit in (0, 0, 1)]
    assert one == same
    assert one.plan is not None
    assert "sum" in one.plan.numbered()
    assert one.similar.lower() != PAIR.question
    assert {one.similar, other.similar} != {PAIR.question}
    broken = await teacher.ask(Pair("2", "q", "def (", "x", "", ""), 0, 1)
    assert "does not parse" in broken.reason


async def test_offline_takes_known_wordings_and_steps_first() -> None:
    teacher = OfflineTeacher({"1": ("add everything up",)})
    pair = Pair("1", PAIR.question, PAIR.code, "x", "", "", steps="Call sum.")
    assert await teacher.ask(pair, 0, 1) == Answer("add everything up", Plan(("Call sum.",)))
    assert (await teacher.ask(pair, 1, 1)).similar != "add everything up"


async def test_a_model_is_held_to_the_form_where_it_can_be() -> None:
    local = ScriptedWriter(GOOD)
    teacher = ModelTeacher(local, jobs=4, answer_tokens=50, temperature=0.5, remote=False)
    assert teacher.jobs == 1
    answer = await teacher.ask(PAIR, 2, 7)
    assert answer.similar == "how do I add numbers up?"
    assert answer.tokens_read > answer.tokens_written > 0
    assert (local.decodings[0].grammar, local.decodings[0].seed) == (grammar(), 9)
    assert PAIR.code in local.prompts[0].user
    remote = ScriptedWriter(GOOD)
    assert (await ModelTeacher(remote, jobs=4, answer_tokens=50, temperature=0.5, remote=True).ask(PAIR, 0, 7)).plan
    assert remote.decodings[0].grammar == ""


async def test_control_tokens_and_long_snippets_are_not_sent() -> None:
    writer = ScriptedWriter(context=200)
    teacher = ModelTeacher(writer, jobs=2, answer_tokens=20, temperature=0.0, remote=True)
    evil = Pair("3", "q", "print('<|eot_id|>')", "x", "", "")
    assert (await teacher.ask(evil, 0, 0)).detail == "<|eot_id|>"
    long = Pair("4", "q", "x = 1 " * 300, "x", "", "")
    assert (await teacher.ask(long, 0, 0)).reason == "the snippet is too long for the teacher"
    assert writer.prompts == []


@pytest.mark.real
def test_llama_cpp_reads_the_grammar() -> None:
    from llama_cpp import LlamaGrammar

    assert LlamaGrammar.from_string(grammar(), verbose=False) is not None
