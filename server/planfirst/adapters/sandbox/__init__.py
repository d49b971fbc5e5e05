"""Runs programs that are not trusted: bubblewrap on Linux, sandbox-exec on macOS, Docker or Podman anywhere."""
