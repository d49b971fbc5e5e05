"""The search for the best way to run a model: with figures that are made up, and once with llama.cpp itself."""

from __future__ import annotations

import asyncio
from collections import namedtuple
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from planfirst.adapters.running import Pace, Running
from planfirst.cli.fit import sample, thread_counts
from planfirst.core.errors import ModelError, ModelRefused, WorkerError
from planfirst.models import fitted
from planfirst.models.fit import search
from planfirst.models.fit.search import Outcome, Search
from planfirst.models.fit.verdict import Duel, Expected, Quality, Round
from tests.small_gguf import renamed, write_gguf

SAME: Expected = ([1] * 100, [-1.0] * 100)


@dataclass
class Machine:
    """A made-up machine, and the `Trials` on it.

    Attributes:
        seconds: for a token, by layout, as ``quantise`` calls it; the original's is 1.
        running: what a way to run it multiplies that with.
        expected_by: what a layout expects of the text.
        card: how many layers have room on a graphics card.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    running: Callable[[Running], float] = lambda running: 1.0
    expected_by: dict[str, Expected] = field(default_factory=dict)
    resident: Callable[[Running], int] = lambda running: 100
    card: int = 0
    made: list[str] = field(default_factory=list)
    breaks: dict[str, Exception] = field(default_factory=dict)
    open_now: int = 0

    async def make(self, source: Path, target: Path, kind: str) -> None:
        self.made.append(kind)
        target.with_name(f"{target.name}.partial").write_bytes(b"half")
        if kind in self.breaks:
            raise self.breaks[kind]
        write_gguf(target, keys=renamed(kind))

    async def expected(self, path: Path, tokens: int) -> Expected:
        return self.expected_by.get(self._kind(path), SAME)

    @asynccontextmanager
    async def loaded(self, path: Path, running: Running, tokens: int) -> AsyncIterator[search.Loaded]:
        self.open_now += 1
        assert self.open_now <= 2
        try:
            each = self.seconds.get(self._kind(path), 1.0) * self.running(running)
            yield _Running(each, self.resident(running), min(running.gpu_layers, self.card))
        finally:
            self.open_now -= 1

    @staticmethod
    def _kind(path: Path) -> str:
        content = path.read_bytes()
        return next((kind for kind in search.LAYOUTS.values() if kind.encode() in content), "original")


@dataclass
class _Running:
    each: float
    resident: int
    layers: int
    loading: float = 1.0

    async def read(self, tokens: int) -> Pace:
        return Pace(tokens, tokens * self.each, tokens * self.each)

    write = read


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "small.gguf")  # its header calls it Q4_0


async def fit(
    model: Path, machine: Machine, threads: tuple[int, ...] = (2, 1), left: Callable[[], float] = lambda: 60.0
) -> tuple[fitted.Fitted, bool, list[Outcome]]:
    said: list[Outcome] = []
    found, complete = await Search(model, machine, threads, left, lambda tried: None, said.append).run()
    assert [path.name for path in fitted.folder().iterdir() if path.name.startswith(".")] == []
    return found, complete, said


async def test_the_quickest_of_equal_quality_is_kept(model: Path) -> None:
    before = model.read_bytes()
    poor: Expected = ([2] * 100, [-3.0] * 100)
    machine = Machine({"iq4_nl": 0.8, "q4_k_m": 0.1, "q8_0": 0.5}, expected_by={"q4_k_m": poor})
    found, complete, said = await fit(model, machine)
    assert (found.layout, complete) == ("Q8_0", True)
    assert machine._kind(fitted.copy_of(model)) == "q8_0"
    assert fitted.check(model).path == fitted.copy_of(model)
    assert machine.made == ["iq4_nl", "q4_k_m", "q8_0"]  # not the layout that it has
    assert {outcome.tried: outcome.kept for outcome in said} == {
        "layout IQ4_NL": True,
        "layout Q4_K_M": False,
        "layout Q8_0": True,
        "graphics card": False,
        "threads 1": False,
        "batch 128": False,
        "batch 512": False,
        "flash attention": False,
        "no mmap": False,
    }
    assert model.read_bytes() == before


async def test_how_it_is_run_is_chosen_step_by_step(model: Path) -> None:
    def factor(running: Running) -> float:
        return (0.5 if running.threads == 1 else 1) * (0.9 if running.batch == 512 else 1)

    machine = Machine(running=factor, resident=lambda running: 100 if running.mmap else 50)
    found, _, _ = await fit(model, machine, (2, 1, 4))
    assert found.running == Running(threads=1, batch=512, mmap=False)
    assert (found.layout, found.copy) == ("Q4_0", None)
    assert not fitted.copy_of(model).exists()


async def test_what_has_room_on_a_graphics_card_is_put_there_if_that_is_quicker(model: Path) -> None:
    def factor(running: Running) -> float:
        return 0.5 if running.gpu_layers == 12 else 1

    found, _, said = await fit(model, Machine(running=factor, card=12))
    assert found.running == Running(gpu_layers=12)
    assert next(one for one in said if one.tried == "graphics card").kept
    assert fitted.check(model).fitted == found
    slower, _, _ = await fit(model, Machine(running=lambda running: 1 + running.gpu_layers, card=12))
    assert slower.running.gpu_layers == 12  # it was decided before


async def test_with_one_core_no_threads_are_tried(model: Path) -> None:
    _, complete, said = await fit(model, Machine(), thread_counts(1, 1))
    assert complete
    assert not [outcome for outcome in said if "threads" in outcome.tried]


async def test_a_run_out_of_time_goes_on_with_the_next(model: Path) -> None:
    machine, left = Machine({"iq4_nl": 0.5}), iter([60.0, 60.0, *[0.0] * 20])
    found, complete, said = await fit(model, machine, left=lambda: next(left))
    assert (found.layout, complete, len(said)) == ("IQ4_NL", False, 1)
    _, complete, _ = await fit(model, machine)
    assert complete
    assert machine.made == ["iq4_nl", "q4_k_m", "q8_0"]


async def test_a_trial_that_takes_too_long_is_given_up_and_not_decided(model: Path) -> None:
    class Slow(Machine):
        async def make(self, source: Path, target: Path, kind: str) -> None:
            target.write_bytes(b"half")
            await asyncio.Event().wait()

    left = iter([60.0, 0.01, *[0.0] * 20])
    found, complete, said = await fit(model, Slow(), left=lambda: next(left))
    assert (found.figures, complete, said) == ((), False, [])


async def test_cancelling_leaves_nothing_half(model: Path) -> None:
    begun = asyncio.Event()

    class Slow(Machine):
        async def make(self, source: Path, target: Path, kind: str) -> None:
            target.write_bytes(b"half")
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(fit(model, Slow()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(fitted.folder().iterdir()) == []


async def test_a_layout_that_llama_dies_of_is_passed_over(model: Path) -> None:
    class Deadly(Machine):
        async def expected(self, path: Path, tokens: int) -> Expected:
            if self._kind(path) == "iq4_nl":
                raise WorkerError("plain", what="The trial ended unexpectedly (SIGILL).", next="")
            return SAME

    found, complete, said = await fit(model, Deadly({"q8_0": 0.5}))
    assert (found.layout, complete) == ("Q8_0", True)
    assert said[0] == Outcome("layout IQ4_NL", False, "The trial ended unexpectedly (SIGILL).")


async def test_a_copy_that_could_not_be_written_is_tried_again(model: Path) -> None:
    machine = Machine(breaks={"iq4_nl": ModelRefused("plain", what="No.", next="")})
    _, complete, _ = await fit(model, machine)
    assert not complete
    machine.breaks.clear()
    _, complete, _ = await fit(model, machine)
    assert complete
    assert machine.made.count("iq4_nl") == 2


async def test_the_disk_is_asked_first(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")(1, 1, 100 << 20)
    monkeypatch.setattr(search.shutil, "disk_usage", lambda path: usage)
    machine = Machine()
    with pytest.raises(ModelError, match=r"needs 256 MB, .* has only 100 MB free"):
        await fit(model, machine)
    assert machine.made == []


async def test_another_original_is_fitted_from_the_beginning(model: Path) -> None:
    machine = Machine({"iq4_nl": 0.5})
    await fit(model, machine)
    write_gguf(model, keys=renamed("Another"))
    found, _, _ = await fit(model, machine)
    assert machine.made.count("iq4_nl") == 2
    assert found.origin == fitted.File.of(model)


def test_a_duel() -> None:
    def side(*seconds: float) -> list[Round]:
        return [Round(Pace(1, 1, each), Pace(1, 1, each)) for each in seconds]

    one = side(1, 1, 1, 1, 1)
    assert Duel(one, side(0.9, 0.9, 0.9, 0.9, 3), wall=False).won
    assert not Duel(one, side(0.9, 0.9, 0.9, 3, 3), wall=False).won
    assert not Duel(one, side(0.97, 0.97, 0.97, 0.97, 0.97), wall=False).won
    assert not Duel(one, side(0.5, 0.5, 0.5, 0.5, 0.5), wall=True).won  # on the clock they are alike
    assert not Duel(one[:2], side(0.5, 0.5), wall=False).won


def test_quality() -> None:
    original: Expected = ([1] * 10, [-1.0] * 10)
    assert Quality.of(original, ([1] * 9 + [2], [-1.04] * 10)).equal()
    assert not Quality.of(original, ([1] * 8 + [2] * 2, [-1.0] * 10)).equal()
    assert not Quality.of(original, ([1] * 10, [-1.06] * 10)).equal()
    assert not Quality.of(original, ([1] * 10, [float("nan")] * 10)).equal()


def test_numbers_of_threads() -> None:
    assert thread_counts(1, 1) == (1,)
    assert thread_counts(2, 2) == (2, 1)
    assert thread_counts(1, 6) == (1, 2, 4, 6)
    assert thread_counts(128, 128) == (128, 1, 2, 4, 8, 16, 32, 64)


def test_the_text_is_long_enough() -> None:
    assert len(sample()) > 8 * search.TOKENS
