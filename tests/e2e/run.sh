#!/usr/bin/env bash
# Usage: run.sh all|short [TIMES]. Needs setup.sh and `make vsix` to have run; installs the VSIX into a fresh extensions
# folder, builds a store of the cookbook once, and takes the walks, TIMES in a row or until the first failure. Output goes to
# .e2e/out*/. E2E_PARTS chooses among the walks; E2E_TOPICS, which chooses within the editor's, takes that one. E2E_MODEL names
# another model than the starter, which must be installed or can be fetched.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD/.e2e
node=$root/node/bin/node
parts=${E2E_PARTS:-host page terminal agent editor}
if [ "$1" = short ] || [ -n "${E2E_TOPICS:-}" ]; then parts=editor; fi
for part in $parts; do
  case $part in host | page | terminal | agent | editor) ;; *) echo "There is no part $part."; exit 1 ;; esac
done
shopt -s nullglob
vsix=(client-vscode/dist/*.vsix)
[ ${#vsix[@]} -gt 0 ] || { echo "There is no VSIX; run make vsix first."; exit 1; }

rm -rf "$root/extensions" "$root/install"
mkdir -p "$root/install"
HOME="$root/install" "$node" "$root/node_modules/code-server/out/node/entry.js" --config "$root/install/config.yaml" \
  --user-data-dir "$root/install/user" --extensions-dir "$root/extensions" --install-extension "${vsix[0]}" >"$root/install.log" 2>&1 ||
  { cat "$root/install.log"; exit 1; }

theirs=${PLANFIRST_HOME:-} # where the user's models are
export PLANFIRST_HOME=$root/planfirst
bash tests/e2e/store.sh
rm -rf "$PLANFIRST_HOME/models" # links to the model of the last run
if [ -n "${E2E_MODEL:-}" ] && [ "$E2E_MODEL" != starter ]; then
  # It stays where the user has it, and each session's copy of the data folder holds a link to it.
  PLANFIRST_HOME=$theirs .venv/bin/planfirst models pull "$E2E_MODEL"
  model=$(PLANFIRST_HOME=$theirs .venv/bin/python -c 'import sys; from planfirst.models import resolve
print(resolve(sys.argv[1]).path)' "$E2E_MODEL")
  mkdir -p "$PLANFIRST_HOME/models"
  ln -sf "$model" "$PLANFIRST_HOME/models/"
fi
[ -f "$root/slow.gguf" ] || .venv/bin/python -c 'import sys; sys.path.insert(0, "tests"); from pathlib import Path
from random_llama import LONG_NAME, write_random_llama
write_random_llama(Path(sys.argv[1]), width=512, layers=6, context=8192, writes=LONG_NAME)' "$root/slow.gguf"

walk() {
  case $2 in
    host)
      (cd client-vscode && npx --no-install esbuild test/host/index.ts --bundle --platform=node --format=cjs --external:vscode --outfile=dist/host-tests.js --log-level=error) &&
        E2E_MODEL=starter "$node" tests/e2e/host.mjs "$root/out-host" ;;
    page | terminal) "$node" "tests/e2e/$2.mjs" "$root/out-$2" ;;
    agent) .venv/bin/python tests/e2e/agent.py "$root/out-agent" ;;
    editor) "$node" tests/e2e/walk.mjs "$1" "$root/out" ;;
  esac
}

times=${2:-1}
passed=0
for ((n = 1; n <= times; n++)); do
  begun=$SECONDS
  failed=()
  for part in $parts; do walk "$1" "$part" || failed+=("$part"); done
  [ ${#failed[@]} = 0 ] || { echo "failed: ${failed[*]}"; break; }
  passed=$n
  [ "$times" = 1 ] || echo "run $n of $times passed in $((SECONDS - begun)) s"
done
[ "$times" = 1 ] || echo "$passed of $times runs in a row passed"
[ "$passed" = "$times" ]
