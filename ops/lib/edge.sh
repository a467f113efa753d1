# nginx as the edge of the demo and of system tests: a throw-away certificate and the template in ops/nginx/.
start_edge() {  # start_edge SERVER_PORT EDGE_PORT
  mkdir -p "$ISHI_HOME/tls" "$ISHI_HOME"/nginx.{body,proxy,fastcgi,uwsgi,scgi,cache}
  [ -s "$ISHI_HOME/tls/server.pem" ] ||
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost \
      -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
      -keyout "$ISHI_HOME/tls/server.key" -out "$ISHI_HOME/tls/server.pem" 2>/dev/null
  sed -e "s|@HOME@|$ISHI_HOME|g; s|@SERVER_PORT@|$1|g; s|@EDGE_PORT@|$2|g" \
    "$ISHI_ROOT/ops/nginx/ishi.conf.in" >"$ISHI_HOME/nginx.conf"
  # Started by root, workers would become `nobody`, who may not enter a home of root's: no cache, and no large body.
  local as_who=()
  [ "$(id -u)" != 0 ] || as_who=(-g 'user root;')
  # What nginx writes is for its own user: logs as well.
  (umask 077; start_program nginx "$(command -v nginx || echo /usr/sbin/nginx)" -c "$ISHI_HOME/nginx.conf" "${as_who[@]}")
}
