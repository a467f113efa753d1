# Shared by the commands in ops/. Source it; it sets ISHI_ROOT and ISHI_HOME and defines small verbs.
# ISHI_HOME (.ishi/) holds everything that runs privately: PostgreSQL, Redis, nginx, the server, their logs.
set -euo pipefail
ISHI_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
ISHI_HOME=${ISHI_HOME:-$ISHI_ROOT/.ishi}

# A compiler cache serves every clone: paths are told apart by what lies below the clone.
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$ISHI_ROOT} CCACHE_NOHASHDIR=1
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros,include_file_mtime,include_file_ctime}

say() { printf '\033[1m== %s\033[0m\n' "$*" >&2; }
die() { printf 'ishi: %s\n' "$*" >&2; exit 1; }

# As root everything is direct; another user needs sudo only to install packages.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Runs a command as the account that may own a PostgreSQL cluster: `postgres` when we are root (initdb refuses
# root), ourselves otherwise.
as_database_owner() {
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

install_packages() {
  local missing=() package
  while read -r package; do
    case $package in ''|'#'*) continue ;; esac
    dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing+=("$package")
  done < "$ISHI_ROOT/ops/packages.txt"
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || die "these packages are missing and there is no apt-get: ${missing[*]}"
  say "installing ${missing[*]}"
  # A fresh PostgreSQL or Redis package would start a server of its own; ours are private, so it must not.
  if ! dpkg-query -W -f='${db:Status-Abbrev}' postgresql 2>/dev/null | grep -q '^ii'; then
    as_root mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
      echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

build() {  # build PRESET [TARGET...]
  local preset=$1
  shift
  (cd "$ISHI_ROOT" && cmake --preset "$preset" >"$ISHI_ROOT/build/.configure-$preset.log" 2>&1) ||
    { tail -30 "$ISHI_ROOT/build/.configure-$preset.log" >&2; die "cmake could not configure '$preset'"; }
  (cd "$ISHI_ROOT" && cmake --build --preset "$preset" ${1:+--target "$@"})
}

wait_until() {  # wait_until SECONDS COMMAND...: tries five times a second
  local tries=$(($1 * 5))
  shift
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || return 1
    sleep 0.2
  done
}

postgres_bin() {
  local newest
  newest=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
  [ -n "$newest" ] || die "PostgreSQL is not installed"
  printf '%s' "$newest"
}

# The cluster's directory: under ISHI_HOME, unless its owner cannot reach that (a checkout in root's home) or the
# socket's path would be too long for the kernel (107 bytes).
database_home() {
  local home=$ISHI_HOME/postgres short
  short=/var/tmp/ishi-$(printf '%s' "$ISHI_HOME" | sha256sum | cut -c1-12)
  mkdir -p "$ISHI_HOME"
  if [ ${#home} -gt 80 ] || ! as_database_owner test -x "$ISHI_HOME"; then home=$short; fi
  printf '%s' "$home"
}

start_postgres() {  # private cluster, unix socket only; prints nothing
  local bin home
  bin=$(postgres_bin)
  home=$(database_home)
  if [ ! -s "$home/data/PG_VERSION" ]; then
    rm -rf "$home"
    mkdir -p "$home/run"
    [ "$(id -u)" = 0 ] && chown -R postgres "$home"
    as_database_owner "$bin/initdb" -D "$home/data" -U postgres --auth=trust --encoding=UTF8 --locale=C >/dev/null
    as_database_owner tee -a "$home/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$home/run'
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = 256MB
max_wal_size = 2GB
checkpoint_timeout = 15min
CONF
  fi
  as_database_owner "$bin/pg_ctl" -D "$home/data" status >/dev/null 2>&1 ||
    as_database_owner "$bin/pg_ctl" -D "$home/data" -w -t 60 -l "$home/postgres.log" start >/dev/null ||
    { tail -20 "$home/postgres.log" >&2; die "PostgreSQL did not start"; }
  as_database_owner psql -h "$home/run" -U postgres -tAc "select 1 from pg_database where datname = 'ishi'" postgres |
    grep -q 1 || as_database_owner createdb -h "$home/run" -U postgres ishi
}

stop_postgres() {
  local home
  home=$(database_home)
  [ -s "$home/data/postmaster.pid" ] || return 0
  as_database_owner "$(postgres_bin)/pg_ctl" -D "$home/data" -m fast -w stop >/dev/null
}

# Programs of ours run in the background with a pid file; only those are ever ended.
is_running() { [ -s "$ISHI_HOME/$1.pid" ] && kill -0 "$(cat "$ISHI_HOME/$1.pid")" 2>/dev/null; }

# Somebody else's program on our port would answer in the place of ours: better not to begin.
need_port() {  # need_port NAME PORT
  is_running "$1" || ! (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null ||
    die "port $2 is taken by another program; choose another with ISHI_PORT, ISHI_EDGE_PORT or ISHI_REDIS_PORT"
}

start_program() {  # start_program NAME COMMAND...
  local name=$1
  shift
  is_running "$name" && return 0
  setsid nohup "$@" >>"$ISHI_HOME/$name.log" 2>&1 </dev/null &
  echo $! >"$ISHI_HOME/$name.pid"
}

stop_program() {
  is_running "$1" || { rm -f "$ISHI_HOME/$1.pid"; return 0; }
  local pid
  pid=$(cat "$ISHI_HOME/$1.pid")
  kill "$pid"
  for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  ! kill -0 "$pid" 2>/dev/null || kill -9 "$pid"
  rm -f "$ISHI_HOME/$1.pid"
}
