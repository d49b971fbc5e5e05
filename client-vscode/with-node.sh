#!/usr/bin/env bash
# Runs a command with Node 22 or newer: the machine's own, else one from the npm registry, kept in .e2e/.
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
if [ "$major" -lt 22 ]; then
  bash "$repository/tests/e2e/setup.sh" node
  export PATH="$repository/.e2e/node/bin:$PATH"
fi
exec "$@"
