"""JavaScript and TypeScript: Node.js, and what takes the types out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from planfirst.verify.programs.toolchain import Missing, Needs, Toolchain, asked, missing, program, version_in
from planfirst.words import Message

_OLDEST = (18,)
_STRIPS, _STRIPS_UNASKED = (22, 6), (22, 18)
_INSTALL = "install-node"
# V8 reserves room for its heap, its code and WebAssembly, far more than it uses; its helpers are threads of their own.
_NEEDS = Needs(address=8 << 30, processes=32, compile=2.0)
_CHECKING_NEEDS = replace(_NEEDS, address=32 << 30, memory=768 << 20, processes=64, compile=10.0)
_HEAP = ("--max-old-space-size=384", "--no-warnings")  # megabytes; more would be ended by the limit of memory alone
# From version 7 on, typescript is a program for each system, in a package beside it.
_NATIVE = "@typescript/typescript-*/lib/tsc"
_AS_IT_STANDS = ("--noCheck", "--ignoreConfig", "--noResolve", "--target", "es2022", "--module", "node20")
# Before that it takes out the types of one file by itself. Neither looks at what they say, nor does Node.js.
_TRANSPILE = """
const [library, from, to] = process.argv.slice(1)
const ts = require(library), fs = require("fs")
const module = to.endsWith(".mjs") ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS
const done = ts.transpileModule(fs.readFileSync(from, "utf8"), {
  compilerOptions: { module, target: ts.ScriptTarget.ES2022, experimentalDecorators: true },
  fileName: from, reportDiagnostics: true,
})
for (const { messageText } of done.diagnostics) console.error(ts.flattenDiagnosticMessageText(messageText, " "))
if (done.diagnostics.length) process.exit(1)
fs.writeFileSync(to, done.outputText)
"""
# What is certain: no module is looked up, and a name of the browser's may be taken again.
_CHECKS = (
    *("--noEmit", "--noResolve", "--skipLibCheck", "--strict", "false", "--target", "es2022", "--module", "esnext"),
    *("--moduleDetection", "force", "--allowJs", "--checkJs", "--jsx", "preserve", "--pretty", "false"),
)


def javascript(folders: Sequence[Path], module: bool) -> Toolchain | Missing:
    """Node.js. ``module`` says whether the file is an ECMAScript module."""
    found = _node("javascript")
    if isinstance(found, Missing):
        return found
    node, version = found
    file = f"program{_ending(module)}js"
    return Toolchain("javascript", _name(version), file, (), (str(node), *_HEAP, file), _NEEDS, (str(node),))


def typescript(folders: Sequence[Path], module: bool) -> Toolchain | Missing:
    """Node.js by itself where it takes out types, else with the package ``typescript`` of a project or of the machine.

    Args:
        folders: where a project may have installed it; the folders above them are looked through, too.
    """
    found = _node("typescript")
    if isinstance(found, Missing):
        return found
    node, version = found
    file = f"program{_ending(module)}ts"
    if version >= _STRIPS:
        flags = () if version >= _STRIPS_UNASKED else ("--experimental-strip-types",)
        by_itself = (str(node), *_HEAP, *flags, file)
        return Toolchain("typescript", _name(version), file, (), by_itself, _NEEDS, (str(node),))
    made = f"program{_ending(module)}js"
    for library in _libraries(folders, node):
        run = (str(node), *_HEAP, made)
        if (script := library / "lib" / "typescript.js").is_file():
            compiled = (str(node), "-e", _TRANSPILE, str(script), file, made)
            return Toolchain("typescript", _name(version), file, (compiled,), run, _NEEDS, (str(node), str(library)))
        for compiler in sorted(library.parent.glob(_NATIVE)):
            made_by = (str(compiler), *_AS_IT_STANDS, file)
            shown = (str(node), str(compiler.parent))
            return Toolchain("typescript", _name(version), file, (made_by,), run, _NEEDS, shown)
    return Missing("typescript", Message("tool-strips-no-types", node=_name(version)))


def checking(language: str, folders: Sequence[Path]) -> Toolchain | Missing:
    """The package ``typescript``, to read the types of a file, or the names of one in JavaScript, and to go no further.

    Nothing that the file imports is looked up, and so nothing that is missing there counts.
    """
    found = _node(language)
    if isinstance(found, Missing):
        return found
    node, version = found
    file = "program.ts" if language == "typescript" else "program.js"
    for library in _libraries(folders, node):
        if (script := library / "lib" / "tsc.js").is_file():
            by = (str(node), str(script), *_CHECKS, file)
            shown = (str(node), str(library), str(library.parent / "@typescript"))  # from version 7 on, it calls that
            return Toolchain(language, _name(version), file, (by,), (), _CHECKING_NEEDS, shown)
    return Missing(language, Message("tool-strips-no-types", node=_name(version)))


def _node(language: str) -> tuple[Path, tuple[int, ...]] | Missing:
    node = program("node", "nodejs")
    if node is None:
        return missing(language, "tool-node", _INSTALL)
    version = version_in(asked([node, "--version"]))
    return (node, version) if version >= _OLDEST else missing(language, "tool-node", _INSTALL, _dotted(version))


def _libraries(folders: Sequence[Path], node: Path) -> Iterator[Path]:
    """The folders where a package ``typescript`` is: the project's first, then that of the PATH, then Node.js's own."""
    parents = [above / "node_modules" for folder in folders for above in (folder, *folder.parents)]
    tsc = program("tsc")  # node_modules/typescript/bin/tsc
    candidates = [folder / "typescript" for folder in parents] + ([tsc.parent.parent] if tsc else [])
    candidates.append(node.parent.parent / "lib" / "node_modules" / "typescript")
    yield from (folder.resolve() for folder in candidates if (folder / "package.json").is_file())


def _ending(module: bool) -> str:
    return ".m" if module else ".c"


def _name(version: tuple[int, ...]) -> str:
    return f"Node.js {_dotted(version)}"


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
