# ops/bench --evidence: ten million events in the log; what signing, proofs and tiles cost then. Source after common.sh.
# A database of its own, removed at the end. ISHI_EVENTS and ISHI_SECONDS shorten it (tests/bench/CMakeLists.txt).
evidence_events=${ISHI_EVENTS:-10000000} evidence_seconds=${ISHI_SECONDS:-4}
evidence_port=${ISHI_PORT:-28090} evidence_edge=${ISHI_EDGE_PORT:-28091}

evidence_config() {
  cat >"$ISHI_HOME/ishi.toml" <<TOML
[listen]
port = $evidence_port
[database]
connection = "$where"
migrate_connection = "$where"
[tokens]
key_id = "bench"
key_file = "token.key"
[policy]
files = ["$ISHI_ROOT/ops/policy/regimes.toml", "$ISHI_ROOT/ops/policy/option_2_2.toml", "$ISHI_ROOT/tests/bench/policy.toml"]
[near]
people_max = $((evidence_events * 3 / 2 + 1000000))
[evidence]
key_file = "log.key"
[log]
level = "warn"
TOML
}

evidence_ready() { curl -fsS -H 'Connection: keep-alive' "http://127.0.0.1:$evidence_port/readyz"; }

# The edge's own configuration, in clear: its cache is measured here, not TLS.
start_clear_edge() {
  mkdir -p "$ISHI_HOME"/nginx.{body,proxy,fastcgi,uwsgi,scgi,cache}
  sed -e "s|@HOME@|$ISHI_HOME|g; s|@SERVER_PORT@|$evidence_port|g; s|@EDGE_PORT@|$evidence_edge|g" \
    -e 's/ ssl;$/;/; /^ *ssl_/d; s/sendfile on;/sendfile on; keepalive_requests 10000000;/' "$ISHI_ROOT/ops/nginx/ishi.conf.in" >"$ISHI_HOME/nginx.conf"
  local as_who=()
  [ "$(id -u)" != 0 ] || as_who=(-g 'user root;')
  start_program nginx "$(command -v nginx || echo /usr/sbin/nginx)" -c "$ISHI_HOME/nginx.conf" "${as_who[@]}"
}

clean_up_evidence() {
  stop_program nginx
  stop_program ishid
  stop_postgres
  rm -rf "$(database_home)" "$ISHI_HOME/nginx.cache"
}

seconds_since() { awk -v from="$1" -v to="$(date +%s.%N)" 'BEGIN { printf "%.1f", to - from }'; }

measure_evidence() {
  local bench=$build_dir/tests/bench/evidence_at_scale began
  trap clean_up_evidence EXIT
  clean_up_evidence
  rm -f "$ISHI_HOME/log.key" "$ISHI_HOME"/log.memory*
  start_postgres
  where="host=$(database_home)/run dbname=ishi user=postgres"
  (umask 077; openssl rand -hex 32 >"$ISHI_HOME/token.key")
  "$build_dir/bin/ishi" key generate --name bench.example/log --out "$ISHI_HOME/log.key" >/dev/null
  evidence_config
  start_program ishid "$build_dir/bin/ishid" --config "$ISHI_HOME/ishi.toml"  # the first policy
  wait_until 60 evidence_ready || die "ishid did not become ready; see $ISHI_HOME/ishid.log"
  stop_program ishid
  say "loading $evidence_events events"
  echo '| at '"$evidence_events"' events | |'
  echo '| --- | --- |'
  "$bench" load --postgres "$where" --events "$evidence_events"
  say "signing while others append"
  "$bench" sign --postgres "$where" --key "$ISHI_HOME/log.key" --seconds "$evidence_seconds"
  say "starting ishid on it"
  began=$(date +%s.%N)
  start_program ishid "$build_dir/bin/ishid" --config "$ISHI_HOME/ishi.toml"
  wait_until 1800 evidence_ready || die "ishid did not become ready; see $ISHI_HOME/ishid.log"
  echo "| ishid from its start to ready, without a snapshot | $(seconds_since "$began") s |"
  start_clear_edge
  wait_until 10 curl -fsS "http://127.0.0.1:$evidence_edge/healthz" || die "nginx did not start"
  wait_until 60 evidence_covered || die "no checkpoint covers the log"
  say "proofs and tiles"
  "$bench" serve --server "$evidence_port" --edge "$evidence_edge" --seconds "$evidence_seconds"
}

# The running ishid signs what was appended last within a second.
evidence_covered() {
  local size
  size=$(as_database_owner psql -h "$(database_home)/run" -U postgres -tAc 'select size from ishi.log_head' ishi)
  [ "$(curl -fsS -H 'Connection: keep-alive' "http://127.0.0.1:$evidence_port/log/checkpoint" | sed -n 2p)" = "$size" ]
}
