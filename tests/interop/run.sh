#!/bin/sh
# run.sh GO PUBLISH_LOG CHECK_LOG.go: publishes a log into a temporary folder and lets Go check it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM
"$2" "$folder"
mkdir "$folder/go-cache"
GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS= GOCACHE="$folder/go-cache" "$1" run "$3" "$folder"
