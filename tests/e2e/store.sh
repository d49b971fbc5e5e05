#!/usr/bin/env bash
# Builds a store of the cookbook in $PLANFIRST_HOME, if there is none that can be searched.
set -euo pipefail
cd "$(dirname "$0")/../.."
.venv/bin/planfirst index search csv --count 1 >/dev/null 2>&1 || .venv/bin/planfirst index build cookbook
