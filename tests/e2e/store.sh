#!/usr/bin/env bash
# Builds a store of the cookbook in $PLANFIRST_HOME. Vectors that are there already are kept, so a second time takes seconds.
set -euo pipefail
cd "$(dirname "$0")/../.."
.venv/bin/planfirst index build cookbook >/dev/null
