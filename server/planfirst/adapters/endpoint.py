"""Which OpenAI-compatible server may be asked, and how: the rules, and the checks before any connection is made."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from planfirst.core.errors import BadSetting, EndpointRefused

if TYPE_CHECKING:
    import httpx

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible server.

    Attributes:
        url: base, for example ``http://127.0.0.1:8080/v1``.
        model: its name on that server.
        key_variable: the environment variable that holds the key; no key is sent if it is not set.
        allowed_hosts: nothing is sent to any other; compared whole, whatever the case.
        connect_timeout, read_timeout: seconds; the latter is the longest silence.
        retries: further tries after the first one.
        context: tokens of the model's window.
        ca_file: a PEM file with the only authority to trust; empty for the system's.
    """

    url: str
    model: str
    key_variable: str = "PLANFIRST_API_KEY"
    allowed_hosts: tuple[str, ...] = LOOPBACK
    connect_timeout: float = 5.0
    read_timeout: float = 60.0
    retries: int = 3
    context: int = 8192
    ca_file: str = ""

    @property
    def host(self) -> str:
        """The host's name, for people to read; empty if the URL has none."""
        try:
            return urlsplit(self.url).hostname or ""
        except ValueError:
            return ""

    @property
    def key(self) -> str:
        """The key as the environment holds it now; empty if there is none.

        Raises:
            BadSetting: it has characters that cannot be sent.
        """
        key = os.environ.get(self.key_variable, "").strip()
        if any(not "!" <= character <= "~" for character in key):
            raise BadSetting("endpoint-key-malformed", variable=self.key_variable)
        return key


def checked_url(endpoint: Endpoint) -> httpx.URL:
    """The URL to post to. It is this very object that is connected to, so nothing can be read in two ways.

    Raises:
        EndpointRefused: the settings do not allow it.
    """
    import httpx

    try:
        url = httpx.URL(f"{endpoint.url.rstrip('/')}/chat/completions")
    except (httpx.InvalidURL, ValueError) as error:
        raise EndpointRefused("endpoint-no-url", reason=error) from error
    host = url.host.lower()
    if url.scheme not in ("http", "https") or not host:
        raise EndpointRefused("endpoint-no-url", reason=url.scheme or "-")
    if url.userinfo or url.query or url.fragment:
        raise EndpointRefused("endpoint-url-with-key", variable=endpoint.key_variable)
    if host not in {allowed.strip().strip("[]").lower() for allowed in endpoint.allowed_hosts}:
        raise EndpointRefused("endpoint-host-refused", host=host)
    if url.scheme == "http" and not _is_loopback(host):
        raise EndpointRefused("endpoint-unencrypted", host=host)
    return url


def tls_context(endpoint: Endpoint) -> ssl.SSLContext:
    """Certificates are always checked: against ``ca_file`` alone if it is set, else against the system's authorities.

    Raises:
        BadSetting: ``ca_file`` cannot be used.
    """
    if not endpoint.ca_file:
        return ssl.create_default_context()
    try:
        return ssl.create_default_context(cafile=endpoint.ca_file)
    except (OSError, ValueError) as error:
        raise BadSetting("endpoint-ca-file", file=endpoint.ca_file, reason=error) from error


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
