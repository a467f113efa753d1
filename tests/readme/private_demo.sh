# A demo that nobody else sees: a folder, a home and ports of its own. Source it. It sets $root (the repository) and
# $folder, which goes away at the end with all that was started in it.
set -euo pipefail
export LC_ALL=C.UTF-8
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=$(mktemp -d "${TMPDIR:-/tmp}/ishi-readme-XXXXXX")
export ISHI_HOME=$folder/.ishi

free_port() {  # below the range that the kernel gives to outgoing connections
  local port
  while port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000)) && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  printf '%s' "$port"
}
ISHI_PORT=$(free_port) ISHI_EDGE_PORT=$(free_port) ISHI_REDIS_PORT=$(free_port)
export ISHI_PORT ISHI_EDGE_PORT ISHI_REDIS_PORT

clean_up() {
  "$root/ops/demo" --wipe >"$folder/wipe.log" 2>&1 || cat "$folder/wipe.log" >&2
  rm -rf "$folder"
}
trap clean_up EXIT

fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

run_demo() {  # run_demo --exit | --detach: shows its output only if it fails
  local status=0
  "$root/ops/demo" "$1" >"$folder/demo.log" 2>&1 || status=$?
  [ $status = 0 ] || { cat "$folder/demo.log" >&2; fail "ops/demo $1 ended with status $status"; }
}
