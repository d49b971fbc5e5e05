"""The small store of the tests for agents serves here, too."""

from __future__ import annotations

from tests.mcp_server.conftest import stocked_home as stocked_home
