#!/usr/bin/env bash
# What must not compile does not. Each .cpp here compiles as it stands (the control), and with -DMUST_NOT_COMPILE it
# fails with the message that its "Message:" line describes (an extended regular expression).
#   tests/compile_fail/run.sh COMPILER [FILE...]
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
compiler=$1
shift

check_one() {  # check_one FILE: prints what is wrong
  local file=$1 expected said
  local compile=("$compiler" -std=c++20 -fsyntax-only -Wall -Wextra -Werror -I "$root" "$file")
  expected=$(sed -n 's/^\/\/ Message: //p' "$file")
  [ -n "$expected" ] || { echo "$file does not say which message it expects"; return 1; }
  said=$("${compile[@]}" 2>&1) || { printf '%s must compile as it stands:\n%s\n' "$file" "$said"; return 1; }
  if said=$("${compile[@]}" -DMUST_NOT_COMPILE 2>&1); then echo "$file compiles, and must not"; return 1; fi
  grep -qE "$expected" <<<"$said" || { printf '%s fails for another reason than "%s":\n%s\n' "$file" "$expected" "$said"; return 1; }
}
export -f check_one
export compiler root

[ $# -gt 0 ] || set -- "$here"/*.cpp
printf '%s\0' "$@" | xargs -0 -P "$(nproc)" -I{} bash -c 'check_one "$1"' _ {} && echo "$# must not compile, and do not"
