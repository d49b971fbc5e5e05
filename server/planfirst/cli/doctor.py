"""``planfirst doctor``: checks each part and says how to fix what is wrong."""

from __future__ import annotations

import asyncio
import importlib.metadata
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress

import typer

from planfirst.adapters.checksums import sha256_of
from planfirst.adapters.gguf_header import read_header
from planfirst.adapters.lora_file import LoraFile, check_fits
from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.adapters.stores import store_at
from planfirst.build import Engine
from planfirst.cli.console import ASKED, Sets, out, settings_from
from planfirst.core.errors import PlanfirstError, SandboxRefused
from planfirst.core.types import Decoding, Prompt
from planfirst.folders import data_folder, store_folder
from planfirst.models import ModelSpec, fitted, resolve
from planfirst.models.choice import AUTO, choose, short_of_memory
from planfirst.models.model_adapters import chosen
from planfirst.models.profiles import of_server
from planfirst.settings import Settings

_TRIED = 32  # tokens: enough for a pace, which the model process keeps for `auto`
_PACKAGES = ("pygls", "llama-cpp-python", "faiss-cpu", "huggingface-hub")
_EXTRA = ("sentence-transformers", "torch")  # for embedding models that llama.cpp does not run, and for training
# In a process of its own: llama.cpp is native code, and it prints.
_BUILD_FLAGS = "import llama_cpp; print(llama_cpp.llama_print_system_info().decode())"


def doctor(sets: Sets = None) -> None:
    """Runs every check and exits with 1 if one of them found a fault."""
    settings = settings_from(sets)
    checks: list[tuple[str, Callable[[Settings], str]]] = [
        ("Python", _python),
        ("Packages", _packages),
        ("llama.cpp", _llama),
        ("Planner", _planner),
        ("Embedding", _embedding),
        ("Store", _store),
        ("Answer", _answer),
        ("Sandbox", _sandbox),
    ]
    faults = 0
    for title, check in checks:
        try:
            mark, said = "[green]ok   [/]", check(settings)
        except SandboxRefused as error:
            mark, said = "[yellow]none [/]", f"{error} Until then generated code is read, and not run."
        except PlanfirstError as error:
            mark, said, faults = "[red]fault[/]", str(error), faults + 1
        out.print(f"{mark} {title:<9} ", end="")
        out.print(said, markup=False, soft_wrap=True)
    out.print(f"Data folder: {data_folder()}", markup=False, soft_wrap=True)
    if faults:
        raise typer.Exit(1)


def _python(settings: Settings) -> str:
    return f"{platform.python_version()} on {platform.system()} {platform.machine()}, {sys.executable}"


def _packages(settings: Settings) -> str:
    try:
        found = [f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES]
    except importlib.metadata.PackageNotFoundError as error:
        raise PlanfirstError("package-missing", name=error.name) from error
    for name in _EXTRA:
        with suppress(importlib.metadata.PackageNotFoundError):
            found.append(f"{name} {importlib.metadata.version(name)}")
    without = "" if len(found) > len(_PACKAGES) else "; without the extra sentence-transformers, which few need"
    return ", ".join(found) + without


def _llama(settings: Settings) -> str:
    done = subprocess.run(  # noqa: S603 (our own interpreter and text)
        [sys.executable, "-P", "-c", _BUILD_FLAGS], capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise PlanfirstError("llama-missing", reason=last)
    flags = [part.strip() for part in done.stdout.split("|") if "= 1" in part]
    said = ", ".join(flag.split(":")[-1].removesuffix("= 1").strip() for flag in flags)
    if platform.machine().lower() in ("x86_64", "amd64") and "AVX2" not in said:
        said += (
            " (built without AVX2, which makes it several times slower; was SOURCE_DATE_EPOCH set while it was built?)"
        )
    return f"built for {said}"


def _planner(settings: Settings) -> str:
    spec = resolve(settings.planner.model, settings.planner.context, fit=settings.planner.fitted)
    size = spec.path.stat().st_size
    said = f"{spec.name}, {size / 1e6:,.0f} MB, window of {spec.context:,} tokens, {ASKED[spec.asked]}, {spec.path}"
    if settings.planner.model.strip().lower() == AUTO:
        said += f". It is what auto stands for: {choose().reason}."
    elif short := short_of_memory(size):
        said += f". It {short}, so it may be very slow; choose a smaller one, or close other programs."
    said = f"{said.removesuffix('.')}. {spec.refused}" if spec.refused else said
    named = spec.name if settings.planner.model.strip().lower() == AUTO else settings.planner.model
    for more in (
        _fitted(spec, named) if settings.planner.fitted else "",
        _adapter(settings, spec),
        _follower(settings),
    ):
        said = f"{said.removesuffix('.')}. {more}" if more else said
    return said


def _adapter(settings: Settings, spec: ModelSpec) -> str:
    """What there is to say of the adapter with which it plans."""
    lora = chosen(settings.planner.adapter, spec)
    if lora is None:
        return "No planner adapter ships for it." if settings.planner.adapter else ""
    return f"It plans with the adapter {_checked(lora, spec)}."


def _follower(settings: Settings) -> str:
    """What there is to say of the adapter with which a changed plan is followed, as `_adapter`."""
    if settings.generator.endpoint:
        return ""
    spec = resolve(settings.generator.model or settings.planner.model, settings.planner.context)
    lora = chosen(settings.generator.changes, spec, "change")
    return f"Where you change a plan, the code is written with the adapter {_checked(lora, spec)}." if lora else ""


def _checked(lora: LoraFile, spec: ModelSpec) -> str:
    """An adapter that fits a model, in words; both files are read whole."""
    original = spec.original or spec.path
    check_fits(lora, read_header(original), sha256_of(original))
    return f"{lora.name}, {lora.header.size / 1e6:,.0f} MB, {lora.path}"


def _fitted(spec: ModelSpec, named: str) -> str:
    """What there is to say of a model fitted to this machine; its files are read whole."""
    found = fitted.check(spec.original or spec.path)
    if problem := spec.unfitted or found.problem:
        return (
            f"What was fitted to this machine is not used, since {problem.rstrip('.')}; "
            f"`planfirst models fit {named}` makes it again."
        )
    if found.fitted is None:
        from planfirst.adapters.llama import LARGE

        size = spec.path.stat().st_size
        pays = size > LARGE and not short_of_memory(size)
        return f"`planfirst models fit {named}` looks for a copy that is quicker on this machine." if pays else ""
    return f"Fitted to this machine: {found.fitted.layout}, threads: {found.fitted.running.threads or 'as usual'}."


def _embedding(settings: Settings) -> str:
    from planfirst.embedders.llama import LlamaEmbedder
    from planfirst.embedders.open import open_embedder

    model = open_embedder(settings.retriever.model, engine=settings.retriever.engine)
    engine = "llama.cpp" if isinstance(model, LlamaEmbedder) else "sentence-transformers"
    (vector,) = model.embed(["say hello"])
    return f"{model.identity} on {engine}, {len(vector)} numbers a text"


def _store(settings: Settings) -> str:
    state = store_at(settings.retriever.store, store_folder(settings.retriever.store)).status()
    corpora = ", ".join(f"{name} {entry.count}" for name, entry in state.corpora.items())
    return f"{state.count} examples ({corpora}), built {state.created}"


def _answer(settings: Settings) -> str:
    return asyncio.run(_try(settings))


def _sandbox(settings: Settings) -> str:
    return f"{asyncio.run(find_sandbox()).name} runs generated code"


async def _try(settings: Settings) -> str:
    engine = Engine(settings)
    try:
        writer = engine.pipeline().generator
        prompt = Prompt("", "Count from one to twenty.")
        pieces, begun = [], 0.0
        async for piece in writer.stream(prompt, Decoding(_TRIED)):
            begun = begun or time.perf_counter()
            pieces.append(piece)
        seconds = time.perf_counter() - begun
        (tokens,) = await writer.count(["".join(pieces)])  # and once this is told, the pace of that answer is kept
    finally:
        await engine.close()
    said = f"{writer.name} answered with {tokens} tokens"
    said += f", {(tokens - 1) / seconds:.1f} a second" if len(pieces) > 1 else ""
    if settings.generator.endpoint:
        asked = of_server(settings.generator.profile)
        said += f", {ASKED[asked.source]}" + (f". {asked.refused}" if asked.refused else "")
    return said
