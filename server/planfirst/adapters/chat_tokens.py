"""A prompt as token ids, so that no retrieved or typed text can become a control token.

A model's own chat template is rendered with place-holders in the messages. What the template wrote is tokenised with
control tokens recognised; what the messages hold is tokenised as plain text. It knows nothing of llama.cpp beyond two
callables.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from planfirst.core.errors import ModelRefused
from planfirst.core.types import Prompt

Tokenise = Callable[[str, bool], list[int]]
"""Text, and whether control tokens in it are recognised, to token ids."""

# Private-use characters around a name: no template writes them, and a message cannot hold them because it is not
# there yet.
_SYSTEM, _USER = "\ue000system\ue001", "\ue000user\ue001"
_PLAIN = "{% for message in messages %}{{ message['content'] }}\n\n{% endfor %}"
_LONGEST_TEMPLATE = 100_000


class ChatTemplate:
    """A model's chat template, as its GGUF file carries it; an untrusted Jinja2 text that runs sandboxed.

    Args:
        source: the template; empty for a model that has none, whose prompt is then the plain text of both messages.
        bos, eos: the texts of the tokens that the template may refer to.

    Raises:
        ModelRefused: the template cannot be used.
    """

    def __init__(self, source: str, bos: str, eos: str) -> None:
        if len(source) > _LONGEST_TEMPLATE:
            raise ModelRefused("The model's chat template is too long.", "Use a GGUF file from its original publisher.")
        jinja = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, autoescape=False)
        jinja.globals["raise_exception"] = _raise
        jinja.globals["strftime_now"] = lambda pattern: datetime.now().astimezone().strftime(pattern)
        try:
            template = jinja.from_string(source or _PLAIN)
            pieces = template.render(
                messages=[{"role": "system", "content": _SYSTEM}, {"role": "user", "content": _USER}],
                add_generation_prompt=True,
                bos_token=bos,
                eos_token=eos,
            )
            if _SYSTEM not in pieces:  # some models have no system role
                pieces = template.render(
                    messages=[{"role": "user", "content": f"{_SYSTEM}\n\n{_USER}"}],
                    add_generation_prompt=True,
                    bos_token=bos,
                    eos_token=eos,
                )
        except (TemplateError, TypeError, ValueError) as error:
            raise ModelRefused(
                f"The model's chat template cannot be used: {error}.",
                "Choose another model with `planfirst models list`.",
            ) from error
        if pieces.count(_SYSTEM) != 1 or pieces.count(_USER) != 1:
            raise ModelRefused(
                "The model's chat template does not show each message once.",
                "Choose another model with `planfirst models list`.",
            )
        self._before, rest = pieces.split(_SYSTEM)
        self._between, self._after = rest.split(_USER)

    def tokens(self, prompt: Prompt, tokenise: Tokenise) -> list[int]:
        """The prompt's token ids; markers only where the template has them."""
        return [
            *tokenise(self._before, True),
            *tokenise(prompt.system, False),
            *tokenise(self._between, True),
            *tokenise(prompt.user, False),
            *tokenise(self._after, True),
        ]


def _raise(message: str) -> None:
    raise TemplateError(message)
