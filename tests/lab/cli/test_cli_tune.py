"""``planfirst models tune``: a real model file that writes nonsense, a server, and what cannot be tuned."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path

import pytest

from planfirst.models import profiles
from tests.adapters import sandbox_outside as outside
from tests.adapters.completion_server import HEAD, event, serving
from tests.cli.command_line import answer, complaint, in_process, last_line, planfirst
from tests.random_llama import write_random_llama
from tests.small_gguf import write_gguf

REASON = outside.why_not_here()
sandboxed = pytest.mark.skipif(bool(REASON), reason=REASON)


def test_a_model_with_prompts_of_its_own_is_not_tuned() -> None:
    said = complaint(in_process("models", "tune", "starter"), 2)
    assert said == "starter was trained on prompts of its own, so there is nothing to tune. Tune another model."


def test_without_a_store_nothing_is_measured(tmp_path: Path) -> None:
    done = planfirst("models", "tune", write_gguf(tmp_path / "small.gguf"))
    assert done.returncode == 1
    assert "planfirst index build" in done.stderr or "No sandbox works on this machine" in done.stderr


@sandboxed
@pytest.mark.real
def test_in_no_time_nothing_is_decided_and_no_profile_is_written(cookbook_home: Path, tmp_path: Path) -> None:
    model = write_random_llama(tmp_path / "random.gguf")
    done = planfirst("models", "tune", model, "--minutes", "0.01", "--set", "planner.threads=1",
                     "--out", tmp_path / "out", home=cookbook_home)  # fmt: skip
    lines = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert lines[0].startswith("Beginning the answer: begun. It takes 8 tasks to decide, and ")
    assert "which decides nothing. Run the same command again to continue," in last_line(done, len(lines))
    assert not profiles.beside(model).exists()
    assert (tmp_path / "out" / "generations.jsonl").exists()


@sandboxed
@pytest.mark.real
@pytest.mark.large  # it needs a minute of a machine that does nothing else
async def test_a_server_is_tuned_and_its_profile_can_be_used(cookbook_home: Path, tmp_path: Path) -> None:
    """It answers everything alike, so nothing tells its ways apart; it does not go on with a begun answer."""
    said = HEAD + event("```python\ndef f():\n    return 1\n```") + b"data: [DONE]\n\n"
    async with serving(said) as server:
        url = f"http://127.0.0.1:{server.port}/v1"
        sets = ["--set", "generator.endpointModel=my/coder"]
        result = answer(
            await asyncio.to_thread(
                planfirst, "models", "tune", url, "--minutes", "1", "--at-once", "8", "--json", *sets,
                "--out", tmp_path / "out", "--store", cookbook_home / "store",
            )
        )  # fmt: skip
    file = Path(result["file"])
    assert file.name == f"127.0.0.1-{server.port}-my-coder.profile.toml"
    assert not result["profile"]["begun"]
    chosen = {one["field"]: one["chosen"] for one in result["decisions"]}
    assert "begun" not in chosen
    assert profiles.of_server(str(file)).source == "tuned"
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    assert data["model"] == "my/coder at 127.0.0.1"
    assert [figure["field"] for figure in data["figures"]] == [one["field"] for one in result["decisions"]]
