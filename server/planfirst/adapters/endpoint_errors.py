"""What a person is told when a server does not do what was asked. The key is in none of it."""

from __future__ import annotations

import math

from planfirst.core.errors import EndpointAnswer, EndpointDown
from planfirst.words import Message

_NOT_TRUSTED = "CERTIFICATE_VERIFY_FAILED"


def is_distrust(error: Exception) -> bool:
    """Whether it is the server's certificate that is not trusted, which another try does not change."""
    return _NOT_TRUSTED in str(error)


def refusal(host: str, key_variable: str, status: int, wait: float, said: str) -> EndpointAnswer:
    """An answer with another status than 200.

    Args:
        wait: seconds that the server asks to wait; 0 if it does not.
        said: what it says of it, after a colon; or empty.
    """
    if status in (401, 403):  # what is said of a key may hold a part of it
        return EndpointAnswer("endpoint-key-refused", host=host, status=status, variable=key_variable)
    args = {"host": host, "status": status, "said": said}
    if status == 429 and wait:
        return EndpointAnswer("endpoint-busy-for", **args, seconds=math.ceil(wait))
    return EndpointAnswer(_code(status), **args)


def _code(status: int) -> str:
    if status >= 500:
        return "endpoint-broken"
    if 300 <= status < 400:
        return "endpoint-redirects"
    return {404: "endpoint-not-found", 429: "endpoint-busy"}.get(status, "endpoint-answered")


def unreachable(host: str, error: Exception) -> EndpointDown:
    """No connection."""
    reason = (str(error) or type(error).__name__).rstrip(".")
    code = "endpoint-distrusted" if is_distrust(error) else "endpoint-unreachable"
    return EndpointDown(code, host=host, reason=reason)


def too_slow(host: str, seconds: float) -> EndpointDown:
    """A connection, and then nothing for so long."""
    return EndpointDown("endpoint-timeout", host=host, seconds=seconds)


def broke_off(host: str) -> EndpointDown:
    """An answer without an end."""
    return EndpointDown("endpoint-broke-off", host=host)


def unreadable(host: str, what: Message) -> EndpointAnswer:
    """An answer that is no stream of chat completions."""
    return EndpointAnswer("endpoint-unreadable", host=host, what=what)
