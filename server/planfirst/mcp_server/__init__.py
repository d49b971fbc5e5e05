"""The Model Context Protocol: what Planfirst has, as tools for any agent. Only `server` knows the SDK."""
