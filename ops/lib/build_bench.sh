# ops/bench --build: from a clone to an answer. Sourced by ops/bench.
# What is measured: the programs of the demo compiled from nothing, without a compiler cache, into a folder of their own;
# then the whole of `ops/demo --exit` with them. Wall-clock and processor seconds, as a table.
measure_build() {
  local folder=$ISHI_HOME/build-from-nothing programs=(ishid ishi ishi-admin ishi-synth) times=$ISHI_HOME/build-times
  rm -rf "$folder"
  cmake --preset release -S "$ISHI_ROOT" -B "$folder" >"$ISHI_HOME/build-configure.log" ||
    { tail -20 "$ISHI_HOME/build-configure.log" >&2; die "cmake could not configure"; }
  printf '| from clone to answer | wall s | processor s |\n| --- | --- | --- |\n'
  timed "programs of the demo, compiled from nothing" env CCACHE_DISABLE=1 cmake --build "$folder" --target "${programs[@]}"
  timed "ops/demo --exit with them" env ISHI_BUILD_DIR="$folder" ISHI_HOME="$ISHI_HOME/demo" \
    ISHI_PORT=$((server_port + 10)) ISHI_EDGE_PORT=$((server_port + 11)) ISHI_REDIS_PORT=$((redis_port + 10)) \
    "$ISHI_ROOT/ops/demo" --exit
  rm -rf "$folder"
}

timed() {  # timed WHAT COMMAND...: one row; the command's own words go to a log
  local what=$1 TIMEFORMAT='%R %U %S' wall user system
  shift
  { time "$@" >"$ISHI_HOME/build-step.log" 2>&1 || echo failed >"$times.failed"; } 2>"$times"
  [ ! -e "$times.failed" ] || { rm -f "$times.failed"; tail -20 "$ISHI_HOME/build-step.log" >&2; die "$what: failed"; }
  read -r wall user system <"$times"
  printf '| %s | %.0f | %.0f |\n' "$what" "$wall" "$(awk -v u="$user" -v s="$system" 'BEGIN { print u + s }')"
}
