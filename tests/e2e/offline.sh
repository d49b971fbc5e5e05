#!/usr/bin/env bash
# Usage: offline.sh ARCHIVE. Unpacks the offline bundle and installs it in a network namespace that has no route, then uses it
# there: on the command line, and in the workbench from the right-click to the accepted code. The log is .e2e/offline/install.log.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD/.e2e
work=$root/offline

if [ "${2:-}" != inside ]; then
  rm -rf "$work"
  mkdir -p "$work/home"
  as=(unshare --net)
  [ "$(id -u)" = 0 ] || as=(unshare --net --user --map-root-user)
  "${as[@]}" true 2>/dev/null || { echo "This machine makes no network namespaces (try as root), so the offline bundle cannot be tested."; exit 1; }
  exec "${as[@]}" bash "$0" "$1" inside
fi

ip link set lo up # the workbench speaks to its own server
routes=$(ip route show; ip -6 route show | grep -v ' dev lo ' || true)
[ -z "$routes" ] || { echo "there is a route: $routes"; exit 1; }
echo "no route: $(ip -o link show | awk '{print $2}' | tr -d '\n')"

export HOME=$work/home PIP_CONFIG_FILE=/dev/null PYTHONDONTWRITEBYTECODE=1
unset PLANFIRST_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_CONFIG_HOME
python=$(readlink -f .venv/bin/python)
archive=$(realpath "$1")
(cd "$work" && "$python" -m zipfile -e "$archive" .)
bundle=$(echo "$work"/planfirst-offline-*/)
cat >"$work/code-server" <<END
#!/bin/sh
exec "$root/node/bin/node" "$root/node_modules/code-server/out/node/entry.js" --config "$work/config.yaml" --user-data-dir "$work/user" --extensions-dir "$work/extensions" "\$@"
END
chmod +x "$work/code-server"

# A damaged bundle is refused before anything is installed.
cp "$bundle/README.txt" "$work/README.txt"
echo >>"$bundle/README.txt"
if "$python" "$bundle/install.py" --editor "$work/code-server" >"$work/damaged.log" 2>&1; then echo "a damaged bundle was installed"; exit 1; fi
grep -q 'README.txt is damaged' "$work/damaged.log"
[ ! -e "$HOME/.planfirst" ]
cp "$work/README.txt" "$bundle/README.txt"
echo "ok   a damaged bundle is refused"

begun=$(date +%s)
"$python" "$bundle/install.py" --editor "$work/code-server" 2>&1 | tee "$work/install.log"
echo "ok   installed in $(($(date +%s) - begun)) s, $(du -sm "$HOME/.planfirst" | cut -f1) MB"

planfirst=$HOME/.planfirst/environment/bin/planfirst
"$HOME/.planfirst/environment/bin/python" -c 'import llama_cpp; print(llama_cpp.llama_print_system_info().decode())' 2>/dev/null | tee "$work/instruction-sets.txt"
if grep -qE 'AVX512|AMX' "$work/instruction-sets.txt"; then echo "llama.cpp is compiled for this machine only"; exit 1; fi
"$planfirst" generate "flatten a nested list" >"$work/generated.txt" 2>"$work/generated.log" || { cat "$work/generated.log"; exit 1; }
grep -q 'def ' "$work/generated.txt"
echo "ok   code on the command line"

export E2E_EXTENSIONS=$work/extensions PLANFIRST_HOME=$HOME/.local/share/planfirst
E2E_INSTALLED=$HOME "$root/node/bin/node" tests/e2e/walk.mjs short "$work/out"
# The other way to install: the button, and the folder of wheels.
E2E_WHEELS=${bundle}wheels "$root/node/bin/node" tests/e2e/walk.mjs wheels "$work/out-wheels"
