#!/usr/bin/env bash
# Puts what the end-to-end tests need into .e2e/: Node 24, code-server (VS Code in a browser) and playwright-core,
# all from the npm registry, and Chromium from Debian where there is none. Does nothing that is done already.
# With the argument `node`, only Node.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p .e2e
root=$PWD/.e2e
node_version=24.21.0
code_server_version=4.139.1
playwright_version=1.65.1
export npm_config_loglevel=error npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false

say() { echo "e2e setup: $*"; }
logged() { # logged NAME COMMAND...: the output is shown only when the command fails
  say "$1"
  "${@:2}" >"$root/setup.log" 2>&1 || { tail -30 "$root/setup.log"; say "failed: $1; the whole log is .e2e/setup.log"; exit 1; }
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
install_debian() { as_root apt-get update && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; }

case $(uname -m) in x86_64) arch=x64 ;; aarch64) arch=arm64 ;; *) say "no Node package for $(uname -m)"; exit 1 ;; esac
fetch_node() {
  (cd "$root" && npm pack --silent "node-linux-$arch@$node_version" && rm -rf node && mkdir node &&
    tar xzf "node-linux-$arch-$node_version.tgz" -C node --strip-components=1 && rm "node-linux-$arch-$node_version.tgz")
}
[ "$("$root/node/bin/node" --version 2>/dev/null)" = "v$node_version" ] || logged "Node $node_version" fetch_node
export PATH="$root/node/bin:$PATH"
export npm_config_nodedir="$root/node" # else node-gyp wants to download the headers
[ "${1:-}" = node ] && exit 0

browser() { [ -x "${E2E_CHROMIUM:-/usr/bin/chromium}" ] || [ -x /usr/bin/google-chrome ]; }
# A native module of code-server is compiled against Kerberos. Korean text needs a font that has it.
if command -v dpkg >/dev/null; then
  missing=()
  browser || missing+=(chromium)
  for package in libkrb5-dev g++ make fonts-noto-cjk fonts-noto-color-emoji; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then logged "Debian packages: ${missing[*]}" install_debian "${missing[@]}"; fi
fi

[ -f "$root/package.json" ] || echo '{"name": "e2e", "private": true}' >"$root/package.json"
have() { [ "$(node -p "require('$root/node_modules/$1/package.json').version" 2>/dev/null)" = "$2" ]; }
install_npm() { (cd "$root" && npm install --save-exact "$@"); }
have code-server "$code_server_version" || logged "code-server $code_server_version (a few minutes)" install_npm --foreground-scripts "code-server@$code_server_version"
have playwright-core "$playwright_version" || logged "playwright-core $playwright_version" install_npm --ignore-scripts "playwright-core@$playwright_version"
browser || { say "there is no Chromium; install it, or name one in E2E_CHROMIUM"; exit 1; }
