"""Makes instruction data whose answers were run: dialogues are kept only if tests pass that a broken answer fails."""
