"""Plans as files in a workspace: written, read back after you edited them, run a step at a time, and undone."""
