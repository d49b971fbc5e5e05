"""What a run makes on its way, kept in its work folder: wordings, store, rows, a changed copy, answers."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from tokenizers import Tokenizer

from planfirst.adapters.checksums import sha256_of
from planfirst.core.errors import BadSetting
from planfirst.core.prompt import PromptBook
from planfirst.models import resolve
from planfirst.store.build import TextEmbedder
from planfirst_lab.evaluation.writer import InProcessWriter
from planfirst_lab.training.data import Rows
from planfirst_lab.training.rag import changes, index, measure, replay, report, rows
from planfirst_lab.training.rag.config import Config
from planfirst_lab.training.rag.disguise import Disguise
from planfirst_lab.training.rag.hit_form import HitForm
from planfirst_lab.training.rag.prompts import Prompts
from planfirst_lab.training.rag.questions import Question, questions_of
from planfirst_lab.training.rag.snapshot import Snapshot, take
from planfirst_lab.training.rag.symbols import Symbols, symbols_of
from planfirst_lab.training.rag.teacher import OfflineTeacher, Teacher
from planfirst_lab.training.rag.vectors import Remembering
from planfirst_lab.training.tokenizer import Row, encode_rows

_QUESTIONS, _ROWS, _STORE, _CHANGED = "questions.jsonl", "rows.jsonl", "store", "store-changed"
_LAST_VISIT = 1000  # of the wordings that are measured with, so that they are none of those that were learned
Asked = Sequence[tuple[Question, str]]


class Work:
    """One run's repositories and what is made of them."""

    def __init__(
        self,
        repos: Sequence[str],
        folder: Path,
        settings: Config,
        bpe: Tokenizer,
        console: Console,
        embedder: TextEmbedder,
        replay: Path | None = None,
    ) -> None:
        self.folder, self.settings, self.bpe, self.console = folder, settings, bpe, console
        self.snapshots = [take(repo, folder / "repos") for repo in dict.fromkeys(repos)]
        self.symbols = {snapshot.name: symbols_of(snapshot) for snapshot in self.snapshots}
        self.prompts = Prompts(PromptBook(), HitForm(settings.data.form, settings.data.hit_tokens, self._count))
        self.replay = replay
        self.embedder = Remembering(embedder)
        self.hidden = {snapshot.name: self._held_out(snapshot) for snapshot in self.snapshots}

    def _held_out(self, snapshot: Snapshot) -> frozenset[str]:
        """The files whose functions are kept for measuring, drawn by name so that a new file moves none."""
        share = self.settings.data.held_out
        drawn = {f: random.Random(f"{self.settings.seed}/{snapshot.name}/{f}").random()  # noqa: S311
                 for f in snapshot.files(tests=False)}  # fmt: skip
        return frozenset(file for file, draw in drawn.items() if draw < share)

    def _count(self, lines: Sequence[str]) -> list[int]:
        return [len(encoding.ids) for encoding in self.bpe.encode_batch(list(lines))]

    def split(self, worded: list[tuple[Question, str, int]]) -> tuple[Asked, Asked]:
        """What is learned from and what is measured with, the latter in one wording each."""
        train, kept = [], []
        for question, request, visit in worded:
            out = question.function.file in self.hidden[question.repository]
            caller = question.apart.rpartition(":")[0]  # a call in a held-out file is not learned from, either
            if visit == _LAST_VISIT and out:
                kept.append((question, request))
            elif visit != _LAST_VISIT and not out and caller not in self.hidden[question.repository]:
                train.append((question, request))
        random_ = random.Random(self.settings.seed)  # noqa: S311 - repeatable, not secret
        random_.shuffle(kept)
        random_.shuffle(train)
        kept = kept[: self.settings.measure.questions]
        if not train or not kept:
            raise BadSetting(
                "plain",
                what=f"These repositories give {len(train)} questions to learn from and {len(kept)} to measure with.",
                next="Name further repositories, or ones with documented functions in several files.",
            )
        return train, kept

    async def worded(self, teacher: Teacher) -> list[tuple[Question, str, int]]:
        """All questions in all their wordings, kept in the work folder as they are made."""
        questions = [q for s in self.snapshots for q in questions_of(s, self.symbols[s.name])]
        path, known = self.folder / _QUESTIONS, {}
        for record in _records(path):
            known[record["id"], record["visit"]] = record["request"]
        visits = [*range(self.settings.data.visits), _LAST_VISIT]
        wanted = [(question, visit) for question in questions for visit in visits]
        counts = Counter(question.kind for question in questions)
        self.console.print(f"{len(questions)} questions: {', '.join(f'{n} {kind}' for kind, n in counts.items())}")
        with path.open("a", encoding="utf-8") as file, self._bar("Wording") as tell:
            for n, (question, visit) in enumerate(wanted, start=1):
                if (question.id, visit) not in known:
                    known[question.id, visit] = await teacher.words(question, visit)
                    record = dataclasses.asdict(question) | {"visit": visit, "request": known[question.id, visit]}
                    file.write(json.dumps(record, ensure_ascii=False) + "\n")
                tell(n, len(wanted))
        return [(question, known[question.id, visit], visit) for question, visit in wanted]

    def index(self) -> None:
        """Builds the store, or brings it up to date."""
        with self._bar("Indexing") as tell:
            index.build(self.folder / _STORE, self.snapshots, self.embedder, tell)

    def rows(self, train: Asked) -> Rows:
        """The encoded rows; drawn once. Those that are learned again are drawn from where they lie each time."""
        path = self.folder / _ROWS
        if not path.is_file():
            self.embedder.learn(request for _, request in train)
            data = self.settings.data
            search = index.Search(self.folder / _STORE, self.embedder, data.min_score, self.hidden)
            random_ = random.Random(self.settings.seed)  # noqa: S311 - repeatable, not secret
            disguise = Disguise((question.function for question, _ in train), random_)
            drawer = rows.Drawer(data, search, self.prompts, self.bpe, disguise, self.settings.seed)
            with self._bar("Drawing rows") as tell:
                drawn, too_long = rows.draw([*train] * data.draws, drawer, tell)
            trimmed = sum(each.trimmed > 0 for each in drawn)
            self.console.print(
                f"{len(drawn)} rows; {trimmed} lost hits to the longest row, {too_long} were too long without any"
            )
            if not self.replay:
                drawn += rows.replayed(round(data.replay * len(drawn)), PromptBook(), self.settings.seed)
            partial = path.with_suffix(".partial")
            partial.write_text(
                "".join(json.dumps(each.record(), ensure_ascii=False) + "\n" for each in drawn), encoding="utf-8"
            )
            partial.replace(path)
        given = [Row(**record["row"]) for record in _records(path)]
        encoded = _encoded(self.bpe, given, self.settings.data.longest_row)
        if not self.replay:
            return encoded
        count, kept_out = round(self.settings.data.replay * len(encoded)), self._held_out_names()
        return replay.joined(encoded, replay.read(self.replay, self.bpe, count, kept_out, self.settings.seed))

    def _held_out_names(self) -> set[str]:
        every = ((s.name, f) for s in self.snapshots for f in self.symbols[s.name].functions.values())
        return {function.name for name, function in every if function.file in self.hidden[name]}

    def measured(self, kept: Asked, before: Path, after: Path) -> report.Figures:
        """Both models on all arms."""
        data, folder = self.settings.data, self.folder
        self.embedder.learn(request for _, request in kept)
        now = index.Search(folder / _STORE, self.embedder, data.min_score)
        names = {name: symbols.names for name, symbols in self.symbols.items()}
        arms = {
            "none": measure.ask_with("none", kept, names, self.prompts, None, 0),
            "one": measure.ask_with("one", kept, names, self.prompts, now, 1),
            "several": measure.ask_with("several", kept, names, self.prompts, now, data.shown),
        }
        later, later_names = self._changed()
        self.embedder.learn(request for _, request in later)
        fresh = index.Search(folder / _CHANGED, self.embedder, data.min_score)
        arms |= {
            "none, changed": measure.ask_with("none", later, later_names, self.prompts, None, 0),
            "stale": measure.ask_with("stale", later, later_names, self.prompts, now, 1),
            "fresh": measure.ask_with("fresh", later, later_names, self.prompts, fresh, 1),
        }
        answers = {"before": self._answers("before", before, arms), "after": self._answers("after", after, arms)}
        answers["rule"] = {arm: measure.by_rule(asked) for arm, asked in arms.items()}

        def by(arm: str) -> dict[str, report.Figures]:
            return {model: report.figures(answers[model][arm]) for model in answers}

        after_, before_, rule = answers["after"], answers["before"], answers["rule"]
        return {
            "held out": {arm: by(arm) for arm in ("none", "one", "several")},
            "changed": {"none": by("none, changed"), "stale": by("stale"), "fresh": by("fresh")},
            "comparisons": {
                "several hits, after - before": report.compared(after_["several"], before_["several"]),
                "best hit, after - before": report.compared(after_["one"], before_["one"]),
                "best hit, after - rule": report.compared(after_["one"], rule["one"]),
                "several hits, after - rule": report.compared(after_["several"], rule["several"]),
                "after, several hits - none": report.compared(after_["several"], after_["none"]),
                "after, several hits - best hit": report.compared(after_["several"], after_["one"]),
                "changed, after, fresh - stale": report.compared(after_["fresh"], after_["stale"]),
                "changed, fresh, after - before": report.compared(after_["fresh"], before_["fresh"]),
                "changed, fresh, after - rule": report.compared(after_["fresh"], rule["fresh"]),
                "changed, after, fresh - none": report.compared(after_["fresh"], after_["none, changed"]),
            },
            "repositories": {
                s.name: {
                    "licence": s.licence,
                    "files": len(s.files(tests=False)),
                    "held-out files": len(self.hidden[s.name]),
                    "documented functions": len(self.symbols[s.name].functions),
                }
                for s in self.snapshots
            },
        }

    def _changed(self) -> tuple[Asked, dict[str, frozenset[str]]]:
        """Questions about changed functions with their new answers, and the names that exist now."""
        each = -(-self.settings.measure.changed // len(self.snapshots))
        copies: list[tuple[Snapshot, Symbols]] = []
        asked: list[tuple[Question, str]] = []
        for snapshot in self.snapshots:
            symbols = self.symbols[snapshot.name]
            copy, names = changes.changed(snapshot, symbols, each, self.folder / "changed", self.settings.seed)
            now = symbols_of(copy)
            copies.append((copy, now))
            for old, new in names.items():
                if (function := now.functions.get(new)) and function.call != symbols.functions[old].call:
                    kind = "renamed" if old != new else "parameter"
                    name = f"{copy.name}/changed/{old}"
                    question = Question(name, copy.name, kind, function, function.sentence, function.call)
                    words = asyncio.run(OfflineTeacher(self.settings.seed).words(question, _LAST_VISIT))
                    asked.append((question, words))
        index.beside(self.folder / _STORE, self.folder / _CHANGED)
        with self._bar("Indexing the changed copies") as tell:
            index.build(self.folder / _CHANGED, [copy for copy, _ in copies], self.embedder, tell)
        return asked[: self.settings.measure.changed], {copy.name: now.names for copy, now in copies}

    def _answers(
        self, name: str, path: Path, arms: dict[str, list[measure.Asked]]
    ) -> dict[str, list[measure.Answered]]:
        kept, digest, opened = measure.Answers(self.folder), sha256_of(path), list[InProcessWriter]()

        def writer() -> InProcessWriter:
            if not opened:
                opened.append(InProcessWriter(resolve(str(path)), self.settings.optimiser.threads))
            return opened[0]

        found = {}
        for arm, asked in arms.items():
            with self._bar(f"Asking the model {name}: {arm}") as tell:
                found[arm] = kept.ask(digest, writer, asked, self.settings.measure.answer_tokens, tell)
        for each in opened:
            each.close()
        return found

    @contextmanager
    def _bar(self, title: str) -> Iterator[Callable[[int, int], None]]:
        """A progress bar; without a terminal, one line at the beginning."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        if not self.console.is_terminal:
            self.console.print(title)
        with Progress(*columns, console=self.console, disable=not self.console.is_terminal) as bar:
            task = bar.add_task(title, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)


def _encoded(bpe: Tokenizer, given: Sequence[Row], longest: int) -> Rows:
    encoded = [(ids, start) for ids, start in encode_rows(bpe, given) if len(ids) <= longest]
    starts = np.cumsum([0, *(len(ids) for ids, _ in encoded)], dtype=np.int64)
    tokens = np.fromiter((token for ids, _ in encoded for token in ids), np.uint16, int(starts[-1]))
    return Rows(tokens, starts, np.array([start for _, start in encoded], np.int32))


def _records(path: Path) -> list[dict[str, Any]]:
    """The lines of a JSON Lines file; a last one that was cut off is left out."""
    found = []
    for line in path.read_text(encoding="utf-8").split("\n") if path.is_file() else ():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found
