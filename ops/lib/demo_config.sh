# Writes the configuration of a private server; ops/etc/ishi.toml explains every option.
write_demo_config() {  # write_demo_config FILE; uses $server_port $database $redis_port $city
  cat >"$1" <<TOML
[listen]
port = $server_port

[database]
connection = "host=$database dbname=ishi user=postgres"
migrate_connection = "host=$database dbname=ishi user=postgres"

[tokens]
key_id = "demo"
key_file = "token.key"

[policy]
files = ["$ISHI_ROOT/ops/policy/regimes.toml", "$ISHI_ROOT/ops/policy/option_2_2.toml", "$city/policy.toml"]

[redis]
address = "127.0.0.1:$redis_port"

[evidence]
key_file = "log.key"
memory_file = "log.memory"
TOML
}
