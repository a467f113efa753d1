#!/bin/sh
# run.sh PUBLISH_LOG CHECK_LOG.go: publishes a log into a temporary folder and lets Go check it.
set -eu
sources=/usr/share/gocode  # where Debian puts them
if ! command -v go >/dev/null || [ ! -e "$sources/src/golang.org/x/mod/sumdb/note" ]; then
  echo "Nobody but ourselves has checked what we publish: install golang-go and golang-golang-x-mod-dev." >&2
  exit 1
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM
"$1" "$folder"
mkdir "$folder/go-cache"
GO111MODULE=off GOPATH=$sources GOFLAGS= GOCACHE="$folder/go-cache" go run "$2" "$folder"
