"""``make bench``: ratios, each of two things measured side by side in this run.

Absolute figures would say more about the machine than about Planfirst.

Options: ``--rounds N``, ``--json``, ``--store-rows N`` (its targets are for 1,000,000, which takes ten minutes), and
``--model NAME`` for what a person waits for with that model, and nothing else; with ``--fitted`` as it was fitted here.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any

import embedding
import llama_cpp
import real_model
import store_size
from lsprotocol import types as lsp
from measured import Measured, connect, leave, row
from pygls.lsp.client import LanguageClient
from rich.console import Console
from rich.table import Table

from planfirst.adapters import llama as llama_module
from planfirst.adapters.amx import without_amx
from planfirst.adapters.faiss_store import FaissStore
from planfirst.adapters.gguf_header import read_header
from planfirst.adapters.llama import LlamaModel, threads_for
from planfirst.adapters.sampler import Sampler
from planfirst.build import budget_of
from planfirst.core.plan import grammar
from planfirst.core.prompt import PromptBook, build
from planfirst.core.types import Decoding, Example, Prompt, Task
from planfirst.corpora import recipes
from planfirst.embedders.open import open_embedder
from planfirst.folders import store_folder
from planfirst.lsp.messages import OUR_CLIENT
from planfirst.lsp.protocol import plain
from planfirst.models import ModelSpec, resolve
from planfirst.settings import Settings
from planfirst.workers.proxies import ModelWorker

OURS = [sys.executable, "-P", "-m", "planfirst", "serve"]
IDLE = [sys.executable, str(Path(__file__).with_name("idle_server.py"))]
TEXT = "import os\n\n# read a csv file into a list of dicts\n"
REQUESTS = [
    "read a csv file into a list of dicts",
    "count how often each word occurs",
    "find all files with an extension",
    "retry a function when it raises",
    "days between two dates",
    "sort a list of dicts by a key",
    "flatten a nested list",
]


def never() -> bool:
    return False


# ------------------------------------------------------------------ tokens per second


async def tokens_per_second(rounds: int, home: Path) -> Measured:
    """Planning and generating through the server, against the bare loop on the same prompts and as many tokens.

    Each request has an example in the store, since without one the starter writes nothing that is worth a measurement.
    """
    _add_examples(home)
    store = FaissStore.open(store_folder(), open_embedder())
    spec = resolve("starter")
    client = await connect(OURS, {"client": OUR_CLIENT, "editor": {"warmUp": False}})
    model = LlamaModel(spec.path, spec.context)  # for counting only
    threads = threads_for(spec.path.stat().st_size)
    with without_amx(llama_cpp, read_header(spec.path).layer_types):
        bare = llama_cpp.Llama(
            str(spec.path),
            n_ctx=spec.context,
            n_threads=threads,
            n_threads_batch=threads,
            flash_attn=False,
            verbose=False,
        )
    rates: dict[str, list[float]] = {"server": [], "bare": []}
    book = PromptBook()
    for n in range(rounds):
        request = REQUESTS[n % len(REQUESTS)]
        # The first answer tells the prompts and the numbers of tokens, and warms both; who then goes first takes turns.
        answer, texts = await _generate(client, n, request)
        code = Prompt(answer["prompt"]["system"], answer["prompt"]["user"])
        plan = await _plan_prompt(book, spec, model, store.search(request, 1)[0], request)
        work = list(zip(map(model.prompt_tokens, (plan, code)), model.count(texts), strict=True))
        tokens = sum(count for _, count in work)
        _bare_loop(bare, work)
        for name in ("server", "bare") if n % 2 else ("bare", "server"):
            if name == "bare":
                rates[name].append(tokens / _bare_loop(bare, work))
            else:
                answer, _ = await _generate(client, n, request)
                rates[name].append(1000 * tokens / (answer["timingsMs"]["plan"] + answer["timingsMs"]["generate"]))
    await leave(client)
    return row("tokens/s, server to bare llama-cpp-python", rates["server"], rates["bare"], "at least 0.95")


def _add_examples(home: Path) -> None:
    known = {recipe.question: recipe.code for recipe in recipes.load()}
    rows = [{"question": request, "code": known[request]} for request in REQUESTS]
    table = home / "examples.jsonl"
    table.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    command = [sys.executable, "-P", "-m", "planfirst", "index", "add", str(table), "--set", "retriever.corpora=[]"]
    subprocess.run(command, check=True, capture_output=True)


async def _plan_prompt(book: PromptBook, spec: ModelSpec, model: LlamaModel, example: Example, request: str) -> Prompt:
    """The prompt for a plan as the server makes it."""
    sizes = Settings().prompt
    budget = budget_of(sizes)

    async def count(texts: Sequence[str]) -> list[int]:
        return model.count(texts)

    return await build(book, spec.profile, "plan", Task(request), example, None, budget, spec.context // 2, count)


def _bare_loop(bare: llama_cpp.Llama, work: list[tuple[list[int], int]]) -> float:
    """The seconds that the plainest loop takes for these prompts and as many tokens."""
    started = time.perf_counter()
    for prompt, count in work:
        for done, token in enumerate(bare.generate(prompt, temp=0.0, top_k=1), start=1):
            bare.detokenize([token])
            if done > count:  # one more: the server's model said that it had ended
                break
    return time.perf_counter() - started


async def _generate(client: LanguageClient, number: int, request: str) -> tuple[Any, list[str]]:
    """The server's answer, and what it wrote as plan and as code."""
    texts: dict[str, list[str]] = {"plan": [], "generate": []}

    def progress(params: lsp.ProgressParams) -> None:
        event = plain(params.value)
        if event.get("kind") == "text":
            texts[event["stage"]].append(event["text"])

    client.protocol.fm.features.pop(lsp.PROGRESS, None)
    client.feature(lsp.PROGRESS)(progress)
    document = lsp.TextDocumentItem(f"file:///bench{number}.py", "python", 1, f"# {request}\n")
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(document))
    line = {"start": {"line": 0}, "end": {"line": 0}}
    where = {"textDocument": {"uri": document.uri, "version": 1}, "range": line}
    params = {**where, "partialResultToken": "bench", "fresh": True}
    answer = plain(await client.protocol.send_request_async("planfirst/generate", params))
    return answer, ["".join(pieces) for pieces in texts.values()]


def _values(request: str) -> dict[str, object]:
    return {"language": "python", "context": "", "request": request, "plan": "", "example": None}


# ------------------------------------------------------------------ answers of the server


async def server_answers(rounds: int) -> list[Measured]:
    """``initialize`` (from the start of the process) and code actions, against a pygls server that does nothing."""
    starts: dict[str, list[float]] = {"ours": [], "idle": []}
    actions: dict[str, list[float]] = {"ours": [], "idle": []}
    for _ in range(rounds):
        for name, command in (("ours", OURS), ("idle", IDLE)):
            started = time.perf_counter()
            client = await connect(command, {"client": OUR_CLIENT, "editor": {"warmUp": False}})
            starts[name].append(time.perf_counter() - started)
            actions[name].append(await _code_action_time(client))
            await leave(client)
    return [
        row("initialize, ours to an idle pygls server", starts["ours"], starts["idle"], "at most 1.5"),
        row("code action, ours to an idle pygls server", actions["ours"], actions["idle"], "at most 1.5"),
    ]


async def _code_action_time(client: LanguageClient, count: int = 60) -> float:
    uri = "file:///bench.py"
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, "python", 1, TEXT)))
    here = lsp.Range(lsp.Position(2, 0), lsp.Position(2, 3))
    params = lsp.CodeActionParams(lsp.TextDocumentIdentifier(uri), here, lsp.CodeActionContext(diagnostics=[]))
    # The answer is taken as it comes: reading it into objects is the client's work.
    send = partial(client.protocol.send_request_async, "textDocument/codeAction", params)
    times = [await _timed(send) for _ in range(count)]
    return statistics.median(times[count // 3 :])


# ------------------------------------------------------------------ prefix reuse


async def prefix_reuse(rounds: int) -> Measured:
    """Time to the first token of a second plan under the same system prompt, against the first in a fresh process."""
    spec = resolve("starter")
    book = PromptBook()
    first: list[float] = []
    second: list[float] = []
    for n in range(rounds):
        worker = ModelWorker(spec, 0)
        await worker.count(["load the model"])
        for times, request in ((first, REQUESTS[n % 7]), (second, REQUESTS[(n + 1) % 7])):
            system, user = book.render("instruct", "plan", _values(request))
            times.append(await _timed(partial(_first_piece, worker, Prompt(system, user))))
        await worker.worker.close()
    return row("first token of a second plan to that of the first", second, first, "at most 0.33")


async def _first_piece(worker: ModelWorker, prompt: Prompt) -> None:
    async with aclosing(worker.stream(prompt, Decoding(8, grammar=grammar()))) as pieces:
        async for _ in pieces:
            return


# ------------------------------------------------------------------ the grammar


def grammar_cost(rounds: int) -> list[Measured]:
    """Tokens per second of a plan with the grammar asked after each choice, and ahead of it, against none."""
    spec = resolve("starter")
    model = LlamaModel(spec.path, spec.context)
    book = PromptBook()
    rates: dict[str, list[float]] = {"none": [], "after": [], "ahead": []}
    plain_sampler = llama_module.Sampler
    for n in range(rounds):
        system, user = book.render(spec.profile, "plan", _values(REQUESTS[n % 7]))
        for name in rates:
            llama_module.Sampler = partial(Sampler, check_first=name == "ahead")  # type: ignore[assignment,misc]
            decoding = Decoding(96, grammar="" if name == "none" else grammar())
            list(model.stream(Prompt(system, user), Decoding(1), never))  # reads the prompt
            started = time.perf_counter()
            text = "".join(model.stream(Prompt(system, user), decoding, never))
            rates[name].append(sum(model.count([text])) / (time.perf_counter() - started))
    llama_module.Sampler = plain_sampler  # type: ignore[misc]
    return [
        row("plan tokens/s, grammar asked after the choice to none", rates["after"], rates["none"], "report"),
        row("plan tokens/s, grammar applied ahead to none", rates["ahead"], rates["none"], "report"),
    ]


# ------------------------------------------------------------------ common


async def _timed(call: Callable[[], Awaitable[Any]]) -> float:
    started = time.perf_counter()
    await call()
    return time.perf_counter() - started


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--json", action="store_true")
    options.add_argument("--store-rows", type=int, default=150_000, help="1000000 for the size that the targets name")
    options.add_argument("--llama-bench", type=Path, help="llama.cpp's own bench, to compare with")
    options.add_argument("--fitted", action="store_true", help="run the models as `planfirst models fit` found best")
    options.add_argument("--model", action="append", default=[], help="a name or the path of a GGUF file")
    args = options.parse_args()
    if args.model:
        _print(
            [
                one
                for model in args.model
                for one in await real_model.measure(resolve(model, fit=args.fitted), args.rounds, args.llama_bench)
            ],
            args.json,
        )
        return
    with tempfile.TemporaryDirectory() as home:
        import os

        os.environ["PLANFIRST_HOME"] = home
        rows = [
            await tokens_per_second(3 * args.rounds, Path(home)),
            *await server_answers(args.rounds),
            await prefix_reuse(args.rounds),
            *grammar_cost(args.rounds),
            *embedding.measure()[0],
            *store_size.measure(args.store_rows)[0],
        ]
    _print(rows, args.json)


def _print(rows: Sequence[Measured], as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
        return
    table = Table("Compared", "Ratio (median)", "Lowest to highest", "Target")
    for one in rows:
        table.add_row(
            one["title"], f"{one['ratio']:.2f}", f"{one['lowest']:.2f} to {one['highest']:.2f}", one["target"]
        )
    Console(width=110).print(table)


if __name__ == "__main__":
    asyncio.run(main())
