"""Programs in other languages than Python: the tool chains of this machine, and running with them in the sandbox."""
