"""Where training pairs come from: the standard library, installed packages with permissive licences, own data sets.

Data for measuring (MBPP, HumanEval) is never read.
"""

from __future__ import annotations

import ast
import json
import random
import re
import sysconfig
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from planfirst.core.types import Pair
from planfirst.corpora.functions import functions_in, standard_library
from planfirst_lab.parsing import parses
from planfirst_lab.training.rename import fingerprint, parse

_PERMISSIVE = re.compile(r"\b(MIT|BSD|Apache|PSF|Python Software Foundation|ISC|0BSD|HPND)\b", re.IGNORECASE)
_NOT_PERMISSIVE = re.compile(r"\b(A?GPL|LGPL|MPL|Mozilla|EPL|CDDL|proprietary|commercial)|\bA?L?GPLv?\d", re.IGNORECASE)
_NEVER = re.compile(r"mbpp|human-?eval", re.IGNORECASE)
_LONGEST_FIELD = 60  # a longer licence field is the licence's whole text, not its name


def licence_of(distribution: metadata.Distribution) -> str:
    """The licence that a distribution declares, as it spells it; empty when it is not clearly a permissive one."""
    about = distribution.metadata
    declared = [text for field in ("License-Expression", "License") for text in about.get_all(field) or []]
    declared += [
        line.split("::")[-1].strip() for line in about.get_all("Classifier") or [] if line.startswith("License")
    ]
    short = [text for text in declared if text and len(text) <= _LONGEST_FIELD]
    if not short or any(_NOT_PERMISSIVE.search(text) for text in short):
        return ""
    return next((text for text in short if _PERMISSIVE.search(text)), "")


def packages() -> Iterator[tuple[str, str, Path]]:
    """Name, licence and folder of each installed import package that may be used, sorted by name."""
    site = Path(sysconfig.get_path("purelib"))
    seen: set[str] = set()
    for package, owners in sorted(metadata.packages_distributions().items()):
        folder = site / package
        licences = [licence_of(metadata.distribution(owner)) for owner in dict.fromkeys(owners)]
        if package not in seen and folder.is_dir() and all(licences) and package not in ("planfirst", "__pycache__"):
            seen.add(package)
            yield package, licences[0], folder


def functions(per_package: int, seed: int) -> tuple[list[Pair], list[dict[str, object]]]:
    """Documented functions without near-copies, and how many each source gave with which licence.

    Functions that differ only in names, hints or layout count as copies. At most ``per_package`` are drawn from one
    package; the standard library is taken whole.
    """
    random_ = random.Random(seed)  # noqa: S311 - repeatable, not secret
    known: set[str] = set()
    kept: list[Pair] = []
    report: list[dict[str, object]] = []
    candidates: list[tuple[str, str, list[Pair]]] = [("standard library", "PSF-2.0", list(standard_library()))]
    for name, licence, folder in packages():
        pairs = [pair for pair in functions_in(folder, name, licence) if "_vendor/" not in pair.place]  # not its own
        candidates.append((name, licence, random_.sample(pairs, min(per_package, len(pairs)))))
    for name, licence, pairs in candidates:
        fresh = list(_distinct(pairs, known))
        kept.extend(fresh)
        if fresh:
            report.append({"source": name, "licence": licence, "functions": len(fresh)})
    return kept, report


def _distinct(pairs: Iterable[Pair], known: set[str]) -> Iterator[Pair]:
    for pair in pairs:
        function = parse(pair.code)
        if function is None or _is_stub(function.body):
            continue
        print_ = fingerprint(pair.code)
        if print_ not in known:
            known.add(print_)
            yield pair


def _is_stub(body: list[ast.stmt]) -> bool:
    """Whether a function does nothing that could be planned."""
    if len(body) != 1:
        return False
    match body[0]:
        case ast.Pass() | ast.Raise() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Return(value=None | ast.Constant() | ast.Name() | ast.Attribute()):
            return True
        case ast.Return(value=ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="super"))))):
            return True
        case _:
            return False


def data_sets(folder: Path) -> tuple[list[Pair], list[dict[str, object]]]:
    """Question and code pairs from a folder of public data sets: CodeNN's, and StaQC's that are labelled as answers.

    Files that are not there are passed over.
    """
    found = {"codenn_python": list(_codenn(folder)), "staqc_annotated": list(_staqc(folder))}
    licences = {"codenn_python": "CC-BY-SA-3.0", "staqc_annotated": "CC-BY-4.0"}
    pairs: list[Pair] = []
    report: list[dict[str, object]] = []
    for name, rows in found.items():
        good = [
            Pair(str(n), question, code, name, licences[name], str(n))
            for n, (question, code) in enumerate(rows)
            if _parses(code) and 3 <= len(question.split()) <= 25
        ]
        pairs.extend(good)
        if good:
            report.append({"source": name, "licence": licences[name], "functions": len(good)})
    return pairs, report


def _codenn(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((folder / "codenn_python").glob("*.txt")):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            fields = line.split("\t")
            if len(fields) >= 4:
                yield fields[2].strip(), fields[3].replace("\\n", "\n").strip()


def _staqc(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted((folder / "staqc_annotated").glob("train*.json")):
        for row in json.loads(path.read_text(encoding="utf-8")):
            if str(row.get("label")) == "1" and isinstance(row.get("code"), str):
                yield str(row.get("doc", "")).strip(), row["code"].strip()


def _parses(code: str) -> bool:
    return not _NEVER.search(code) and parses(code)
