"""The language server: the only part of Planfirst that knows the Language Server Protocol."""
