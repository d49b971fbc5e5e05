"""The commands that the laboratory adds to ``planfirst``, by entry points: one file a command."""
