"""``planfirst index`` on a real PostgreSQL server, with the real embedding model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.postgres_server import PASSWORD, PostgresServer, is_there
from tests.cli.command_line import answer, complaint, in_process

pytestmark = pytest.mark.skipif(not is_there(), reason="there is no wheel of pgserver for this platform")


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    found = PostgresServer()
    try:
        yield found
    finally:
        found.close()


@pytest.mark.real
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("embedding_ready")
def test_a_folder_of_code_from_add_to_remove(server: PostgresServer, tmp_path: Path) -> None:
    code = tmp_path / "vaults"
    code.mkdir()
    (code / "vault.py").write_text(
        'def open_vault(number):\n    """Open the company vault by its number."""\n    return VAULTS[number].open()\n',
        encoding="utf-8",
    )
    here = ("--set", f"retriever.store={server.url()}")
    done = in_process("index", "add", code, *here)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 examples (vaults 1), ")
    assert f"in postgresql://postgres@127.0.0.1:{server.port}/postgres\n" in done.stdout
    found = answer(in_process("index", "search", "how do I open the vault of the company", "--json", *here))
    assert "def open_vault" in found[0]["pair"]["code"]
    status = answer(in_process("index", "status", "--json", *here))
    assert status["indexes"] == {"flat": 1}
    assert answer(in_process("index", "verify", "--json", *here))["lowest"] > 0.999
    exported = tmp_path / "out.jsonl"
    assert in_process("index", "export", exported, *here).stdout == f"1 examples in {exported}\n"
    assert "def open_vault" in json.loads(exported.read_text(encoding="utf-8"))["code"]
    done = in_process("index", "remove", "vaults", *here)
    assert done.stdout.startswith("0 examples (), ")
    for name in ("out", "err"):
        assert PASSWORD not in getattr(done, f"std{name}")


def test_the_server_is_down(tmp_path: Path) -> None:
    url = "postgresql://somebody:hidden-pw-3@127.0.0.1:9/team"
    for command in (["status"], ["search", "x"], ["remove", "x"], ["verify"]):
        done = in_process("index", *command, "--set", f"retriever.store={url}")
        said = complaint(done, 1)
        assert said.startswith("The PostgreSQL server of postgresql://somebody@127.0.0.1:9/team cannot be reached: ")
        assert "hidden-pw-3" not in done.stderr


def test_an_address_that_cannot_be_read() -> None:
    done = in_process("index", "status", "--set", "retriever.store=postgresql://a:hidden-pw-3@[::1/x")
    assert "retriever.store" in complaint(done, 2)
    assert "hidden-pw-3" not in done.stderr


def test_a_command_that_only_knows_folders_does_not_tell_the_address() -> None:
    url = "postgresql://somebody:hidden-pw-3@127.0.0.1:9/team"
    done = in_process("eval", "starter", "--limit", "1", "--set", f"retriever.store={url}")
    assert done.returncode != 0
    assert "hidden-pw-3" not in done.stdout + done.stderr
