"""`planfirst data verify-instruct`: holds dialogues, keeps those whose tests pass and can fail, counts the others."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console

from planfirst.adapters.checksums import sha256_of
from planfirst.core.errors import BadSetting, PlanfirstError
from planfirst.core.ports import Retriever
from planfirst.corpora import recipes as cookbook
from planfirst.corpora.held_out import held_out
from planfirst.models import resolve
from planfirst.settings import Settings
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.prepare import limits_of
from planfirst_lab.training import roles
from planfirst_lab.training.instruct import config, copies, dialogue, problems, report, stages
from planfirst_lab.training.instruct.config import Config
from planfirst_lab.training.instruct.dialogue import Checks, Dropped, Kept
from planfirst_lab.training.instruct.examples import Recipes
from planfirst_lab.training.instruct.interpreter import Interpreter, allowed_packages
from planfirst_lab.training.instruct.problems import CookbookQuestioner, Problem, Questioner, WritingQuestioner
from planfirst_lab.training.instruct.programmers import CookbookProgrammer, Programmer, WritingProgrammer
from planfirst_lab.training.same_run import require_same_run

DATA, DROPPED, STATISTICS, PLOT = "dialogues.jsonl", "dropped.jsonl", "statistics.json", "dialogues.png"
_RUN, _STAGE = "run.json", "stage.json"
_SILENT = (dialogue.SILENT, problems.SILENT)
_FAILURES = 3  # in a row, after which the run stops


@dataclasses.dataclass(frozen=True, slots=True)
class Options:
    """What a run is told. Models are named as `planfirst_lab.training.roles` says.

    Attributes:
        questioner, teacher: ``offline`` for the cookbook, or a model.
        student: a model that takes over once it is measurably better; empty for none.
        problems: how many are tried; None for all.
        out: a folder for data, statistics and plot.
        human_eval, mbpp: files that are measured with, whose copies are left out.
        packages: whether packages may be installed for a run, over the network.
        store: whether models that write are shown the nearest recipe.
        hosts: that an endpoint may be on, beside this machine.
    """

    questioner: str
    teacher: str
    student: str
    problems: int | None
    out: Path
    config: Path | None = None
    human_eval: Path | None = None
    mbpp: Path | None = None
    packages: bool = False
    store: bool = True
    hosts: tuple[str, ...] = ()


async def verify_instruct(options: Options, console: Console, checks: Checks | None = None) -> report.Figures:
    """Makes the data; what is there from an earlier run of the same options is not made again.

    Args:
        checks: runs the tests; the sandbox of this machine when there is none.

    Raises:
        PlanfirstError: an option is wrong, a model cannot be loaded, or there is no sandbox.
        KeyboardInterrupt: the user stopped it; the same command goes on.
    """
    settings = config.load(options.config)
    options.out.mkdir(parents=True, exist_ok=True)
    identity = _same_run(options, settings)
    items, texts = copies.measured(options.human_eval, options.mbpp)
    async with AsyncExitStack() as open_:
        run = _Run(options, settings, console, identity, open_)
        if checks is None:
            allowed = allowed_packages() if options.packages else ()
            checks = await open_.enter_async_context(Interpreter(settings.dialogue.seconds, allowed))
        found = await run.all(checks, items, texts)
    found |= {"seed": settings.seed, "config": dataclasses.asdict(settings), "models": identity}
    (options.out / STATISTICS).write_text(json.dumps(found, indent=1), encoding="utf-8")
    report.draw(found, options.out / PLOT)
    console.print(report.table(found))
    console.print(f"Data, statistics and plot are in {options.out}", markup=False, soft_wrap=True)
    return found


class _Run:
    """The models of a run, opened when they are first needed."""

    def __init__(
        self, options: Options, settings: Config, console: Console, identity: dict[str, str], open_: AsyncExitStack
    ) -> None:
        self._options, self._settings, self._console = options, settings, console
        self._identity, self._open = identity, open_
        self._retriever: Retriever | None = None

    async def all(self, checks: Checks, items: Sequence[Item], texts: Sequence[str]) -> report.Figures:
        """Everything, in order."""
        options, settings = self._options, self._settings
        questioner = await self._questioner()
        ids = questioner.ids()
        aside = ids[: settings.stages.held_out] if options.student else []
        wanted = ids[len(aside) :][: options.problems]
        if not wanted:
            raise BadSetting(
                "plain", what="There is no problem left to try.", next="Lower stages.held_out, or give more snippets."
            )
        teacher = await self._programmer(options.teacher)
        stage, held = stages.TEACHING, None
        programmer = teacher
        if options.student:
            student = await self._programmer(options.student)
            held = await self._compared(questioner, aside, teacher, student, checks)
            stage = held["stage"]
            programmer = student if stage == stages.SELF_LEARNING else teacher
            self._console.print(
                f"On {held['problems']} held-out problems the teacher passes {held['teacher']['passes']}, the student "
                f"{held['student']['passes']} (McNemar p = {held['p']:.3g}): the stage is {stage}"
            )
        about = {"stage": stage, "questioner": questioner.name, "programmer": programmer.name, "seed": settings.seed}
        about["models"] = self._identity
        known = copies.Copies(items, settings.copies.code, texts)
        await self._dialogues(wanted, questioner, programmer, checks, known, about)
        found = report.figures(_lines(options.out / DATA), _lines(options.out / DROPPED))
        return found | ({"held out": held} if held else {})

    async def _dialogues(
        self,
        ids: Sequence[str],
        questioner: Questioner,
        programmer: Programmer,
        checks: Checks,
        known: copies.Copies,
        about: dict[str, Any],
    ) -> None:
        out = self._options.out
        done = {line["id"] for line in _lines(out / DROPPED)}
        for line in _lines(out / DATA):
            done.add(line["id"])
            known.keep(line["id"], line["question"], line["answer"])
        with (
            (out / DATA).open("a", encoding="utf-8") as data,
            (out / DROPPED).open("a", encoding="utf-8") as dropped,
            self._bar("Dialogues") as tell,
        ):
            failed: list[Dropped] = []  # without an answer; not written while the next may be without one, too
            for n, id_ in enumerate(ids, start=1):
                if id_ not in done:
                    plan, seed = self._settings.dialogue, self._settings.seed
                    ended = await dialogue.hold(await questioner.problem(id_), programmer, checks, known, plan, seed)
                    if isinstance(ended, Dropped) and ended.reason in _SILENT:
                        failed.append(ended)
                        if len(failed) == _FAILURES:
                            raise PlanfirstError(
                                "plain",
                                what=f"{_FAILURES} times in a row {ended.reason}: {ended.detail}",
                                next="Run the same command again once it does.",
                            )
                    else:
                        for each in [*failed, *([ended] if isinstance(ended, Dropped) else [])]:
                            _write(dropped, dialogue.dropped_record(each))
                        failed.clear()
                        if isinstance(ended, Kept):
                            _write(data, dialogue.record(ended, about))
                tell(n, len(ids))
            for each in failed:
                _write(dropped, dialogue.dropped_record(each))

    async def _compared(
        self, questioner: Questioner, ids: Sequence[str], teacher: Programmer, student: Programmer, checks: Checks
    ) -> dict[str, Any]:
        """Student against teacher, measured once for these models."""
        path = self._options.out / _STAGE
        if path.is_file():
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return found
        problems = [made for id_ in ids if isinstance(made := await questioner.problem(id_), Problem)]
        passes = {}
        for role, programmer in (("teacher", teacher), ("student", student)):
            with self._bar(f"Measuring the {role}") as tell:
                passes[role] = await stages.passes(problems, programmer, checks, tell)
        found = stages.compared(passes["teacher"], passes["student"], self._settings.stages.risk)
        path.write_text(json.dumps(found, indent=1), encoding="utf-8")
        return found

    async def _questioner(self) -> Questioner:
        options, settings = self._options, self._settings
        if options.questioner == roles.OFFLINE:
            return CookbookQuestioner(settings.offline.renamed, settings.seed)
        writer = await self._open.enter_async_context(roles.opened(options.questioner, options.hosts))
        kept = held_out().recipes
        snippets = [(r.id, r.code, cookbook.LICENCE) for r in cookbook.load() if r.id not in kept]
        return WritingQuestioner(writer, snippets, settings.seed, settings.dialogue.answer_tokens)

    async def _programmer(self, role: str) -> Programmer:
        options, settings = self._options, self._settings
        if role == roles.OFFLINE:
            if options.questioner != roles.OFFLINE:
                raise BadSetting(
                    "plain",
                    what="The offline teacher knows the answers of the offline questioner only.",
                    next="Name a model with --teacher, or leave the questioner offline.",
                )
            return CookbookProgrammer(settings.offline.slips, settings.seed)
        writer = await self._open.enter_async_context(roles.opened(role, options.hosts))
        plan = settings.dialogue
        limits = dataclasses.replace(limits_of(Settings(), writer.profile), code_tokens=plan.answer_tokens)
        retriever = self._search() if options.store else None
        return WritingProgrammer(writer, retriever, limits, plan.temperature, settings.seed)

    def _search(self) -> Retriever:
        if self._retriever is None:
            self._console.print("Indexing the cookbook")
            self._retriever = Recipes(self._options.out / "store")
        return self._retriever

    @contextmanager
    def _bar(self, title: str) -> Iterator[Callable[[int, int], None]]:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        if not self._console.is_terminal:
            self._console.print(title)
        with Progress(*columns, console=self._console, disable=not self._console.is_terminal) as bar:
            task = bar.add_task(title, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)


def _write(file: TextIO, line: dict[str, Any]) -> None:
    file.write(json.dumps(line, ensure_ascii=False) + "\n")
    file.flush()


def _same_run(options: Options, settings: Config) -> dict[str, str]:
    """The identity of each model; refuses a folder that holds another run."""
    identity = {
        role: name if name in ("", roles.OFFLINE) or name.startswith("http") else _digest(name)
        for role, name in (
            ("questioner", options.questioner),
            ("teacher", options.teacher),
            ("student", options.student),
        )
    }
    about = {"models": identity, "config": dataclasses.asdict(settings), "store": options.store}
    about["packages"] = options.packages
    about["measured"] = [_content(path) for path in (options.human_eval, options.mbpp)]
    require_same_run(
        options.out / _RUN,
        about,
        f"{options.out} holds a run with other models, another configuration or other measured files.",
        "Name another folder with --out, or delete that one.",
    )
    return identity


def _digest(name: str) -> str:
    spec = resolve(name)
    return f"{spec.name} {sha256_of(spec.path)[:16]}"


def _content(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    except OSError as error:
        raise BadSetting(
            "plain", what=f"{path} cannot be read: {error.strerror}.", next="Give the path of the data set's file."
        ) from error


def _lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a JSON Lines file; a last one that was cut off is taken out of the file."""
    if not path.is_file():
        return []
    text = path.read_text(encoding="utf-8")
    whole, newline, rest = text.rpartition("\n")
    if rest:
        aside = path.with_suffix(".partial")
        aside.write_text(whole + newline, encoding="utf-8")
        shutil.move(aside, path)
    return [json.loads(line) for line in whole.split("\n") if line]
