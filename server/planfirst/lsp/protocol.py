"""How messages become values: our own requests stay JSON, and whatever asks for an answer gets one."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any

import attrs
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcInvalidRequest
from pygls.protocol import LanguageServerProtocol

from planfirst.lsp.messages import METHODS, QUERIES


@attrs.define
class RawRequest:
    """A custom request whose parameters are left as JSON; a wrong shape then gets an answer that says what is wrong."""

    id: str | int
    method: str
    jsonrpc: str
    params: Any = None


class PlanfirstProtocol(LanguageServerProtocol):
    """Leaves the parameters of our own requests alone, and refuses what is no message instead of passing over it."""

    @lru_cache  # noqa: B019 (one protocol lives as long as the process)
    def get_message_type(self, method: str) -> type[Any] | None:
        ours = method in METHODS.values() or method in QUERIES.values()
        return RawRequest if ours else super().get_message_type(method)

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A message as a value; called for each object in it, too, which stays as it is.

        Raises:
            JsonRpcException: it has not the shape of its method. Who asked has been told.
        """
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            self._refuse(data.get("method"), data.get("id"), error)
            raise

    def handle_message(self, message: Any) -> None:
        """Answers a message, or refuses what is none, or comes after the end."""
        get = message.get if isinstance(message, dict) else partial(getattr, message)
        method, number = get("method", None), get("id", None)
        if get("jsonrpc", None) != self.VERSION or (self._shutdown and method != lsp.EXIT):
            self._refuse(method, number, JsonRpcInvalidRequest())
        else:
            super().handle_message(message)

    def _refuse(self, method: object, number: object, error: JsonRpcException) -> None:
        """Tells who asked that there will be no answer; without that, an editor waits for good."""
        if method is not None and isinstance(number, str | int):
            self._send_response(number, None, error.to_response_error())


def plain(value: Any) -> Any:
    """JSON as dicts and lists: pygls turns objects whose type it does not know into named tuples."""
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value
