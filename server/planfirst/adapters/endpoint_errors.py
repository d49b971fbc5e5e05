"""What a person is told when a server does not do what was asked. The key is in none of it."""

from __future__ import annotations

import math

from planfirst.core.errors import EndpointAnswer, EndpointDown

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
    what = f"The server at {host} answered {status}"
    what += "." if status in (401, 403) else f"{said}."  # what is said of a key may hold a part of it
    if status in (401, 403):
        advice = (
            "Give it a key that it accepts: in VS Code with “Planfirst: Use an OpenAI-Compatible Server”, "
            f"elsewhere in the environment variable {key_variable}."
        )
    elif 300 <= status < 400:
        advice = "Redirects are not followed; set generator.endpoint to the final address."
    elif status == 404:
        advice = "Check generator.endpoint, which often ends in /v1, and generator.endpointModel."
    elif status == 429:
        when = f"in {math.ceil(wait)} seconds" if wait else "later"
        advice = f"It has too much to do; try again {when}."
    elif status >= 500:
        advice = "Look into its log, then try again."
    else:
        advice = "Check generator.endpointModel and the server's log."
    return EndpointAnswer(what, advice, status)


def unreachable(host: str, error: Exception) -> EndpointDown:
    """No connection."""
    reason = str(error) or type(error).__name__
    what = f"The server at {host} cannot be reached: {reason.rstrip('.')}."
    if is_distrust(error):
        return EndpointDown(what, "Give the certificate of its authority in generator.caFile.")
    return EndpointDown(what, "Check that it runs, and generator.endpoint.")


def too_slow(host: str, seconds: float) -> EndpointDown:
    """A connection, and then nothing for so long."""
    return EndpointDown(
        f"The server at {host} was silent for {seconds:g} seconds.", "Try again, or raise generator.timeout."
    )


def broke_off(host: str) -> EndpointDown:
    """An answer without an end."""
    return EndpointDown(f"The server at {host} broke off in the middle of its answer.", "Try again.")


def unreadable(host: str, what: str) -> EndpointAnswer:
    """An answer that is no stream of chat completions."""
    return EndpointAnswer(
        f"The server at {host} sent {what}.",
        "Check that generator.endpoint is an OpenAI-compatible server, and look into its log.",
    )
