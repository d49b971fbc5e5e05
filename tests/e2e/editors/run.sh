#!/usr/bin/env bash
# Usage: run.sh [nvim] [emacs]; both without arguments. Drives the real server, with the starter, from Neovim and from Emacs
# with eglot, neither of which knows our extension. What is missing is installed as root on Debian, else skipped.
# Needs `make setup`. Each editor's files go to .e2e/out-nvim and .e2e/out-emacs.
set -euo pipefail
cd "$(dirname "$0")/../../.."
repository=$PWD here=$PWD/tests/e2e/editors
export PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8
[ $# -gt 0 ] || set -- nvim emacs

eglot_of_emacs() { emacs --batch --eval '(progn (package-initialize) (require (quote eglot)))' >/dev/null 2>&1; }
there() { if [ "$1" = nvim ]; then command -v nvim >/dev/null; else command -v emacs >/dev/null && eglot_of_emacs; fi; }
packages_of() { if [ "$1" = nvim ]; then echo neovim; else echo emacs-nox elpa-eglot; fi; }
install_debian() {
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then return 1; fi
  echo "editors: installing $*"
  apt-get update >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >/dev/null
}

export PLANFIRST_HOME=$repository/.e2e/planfirst
bash tests/e2e/store.sh
status=0 walked=0
for editor in "$@"; do
  # shellcheck disable=SC2046
  if ! there "$editor" && ! { install_debian $(packages_of "$editor") && there "$editor"; }; then
    echo "skip $editor: it is not installed here. Install $(packages_of "$editor"), or run this as root on Debian."
    continue
  fi
  out=$repository/.e2e/out-$editor
  workspace="$out/my stock 재고 📦"
  rm -rf "$out"
  mkdir -p "$workspace" "$out/home"
  cp tests/e2e/workspace/stock.py "$workspace"
  export E2E_PYTHON=$repository/.venv/bin/python E2E_FILE=$workspace/stock.py
  case $editor in
    nvim) command=(nvim --headless -u "$here/nvim.lua" -i NONE "$E2E_FILE") ;;
    emacs) command=(emacs --batch -l "$here/eglot.el") ;;
  esac
  begun=$(date +%s)
  # Standard input is closed to them: an editor that asks something must fail, not wait.
  (cd "$workspace" && HOME=$out/home XDG_STATE_HOME=$out/home timeout 900 "${command[@]}" </dev/null) 2>"$out/stderr.log" | tee "$out/results.txt" || {
    status=1
    tail -20 "$out/stderr.log"
  }
  # The script's last line tells that it came to its end.
  grep -q "^done" "$out/results.txt" || { echo "FAIL $editor: it did not come to its end"; status=1; }
  echo "$editor: $(grep -c '^ok ' "$out/results.txt" || true) ok, $(grep -c '^FAIL' "$out/results.txt" || true) failed, $(($(date +%s) - begun)) s"
  walked=$((walked + 1))
done
[ $walked -gt 0 ] || echo "skip: none of the editors is installed, so nothing was tested."
exit $status
