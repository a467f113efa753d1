# What only clang sees, as functions for ops/test: clang-tidy over the product's sources, locks that guard what they say
# (-Wthread-safety), and short runs of the fuzz targets. Source it after common.sh.
#
# Neither clang-tidy nor -fsyntax-only has a compiler cache, so a source that passed is remembered by the hash of what
# it is after preprocessing, together with the tool and its checks: one empty file each, shared by every clone.
STYLE_CACHE=${ISHI_STYLE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ishi/style}
STYLE_JOBS=$(nproc)

style_sources() { (cd "$ISHI_ROOT" && git ls-files --cached --others --exclude-standard 'registry/*.cpp' 'sql/*.cpp' 'cache/*.cpp' 'api/*.cpp'); }
style_sources_with_locks() { (cd "$ISHI_ROOT" && style_sources | xargs grep -lE '\b(Mutex|Reader|Writer)Lock\b'); }

# once KIND TOOL SOURCE FILES... -- COMMAND...: runs the command about SOURCE, which is FILES together, unless it passed
# before for this tool and this very text. Headers rarely change, and then all at once by their digest; where they did,
# the preprocessor says whether this source changed.
once() {
  local kind=$1 tool=$2 source=$3 files=() quick exact
  shift 3
  while [ "$1" != -- ]; do files+=("$1"); shift; done
  shift
  quick=$STYLE_CACHE/$kind-$(printf '%s\n' "$tool" "$STYLE_HEADERS" "$(sha256sum "${files[@]}")" | sha256sum | cut -c1-40)
  if [ -e "$quick" ]; then touch "$quick"; return 0; fi
  # The files' own bytes count, too: NOLINT comments go in preprocessing. Line marks go, they name this machine's paths.
  exact=$STYLE_CACHE/$kind-$({ printf '%s\n' "$tool"; cat "${files[@]}"; clang++ -std=c++20 -D_GLIBCXX_ASSERTIONS -I. -E -P "$source"; } |
    sha256sum | cut -c1-40) || return 1
  [ -e "$exact" ] || "$@" || return 1
  touch "$quick" "$exact"
}

# A room at a time, as one source: most of the time goes into headers. Command lines are left out: CLI11's header costs
# 15 seconds a source.
tidy_room() {
  local source=build/style/${1//\//-}.cpp files
  mapfile -t files < <(git ls-files --cached --others --exclude-standard ":(glob)$1/*.cpp" | xargs grep -LF '<CLI/')
  [ ${#files[@]} -gt 0 ] || return 0
  printf '#include "%s"\n' "${files[@]}" >"$source"
  once tidy "$(clang-tidy --version; cat .clang-tidy)" "$source" "${files[@]}" -- \
    clang-tidy --quiet --warnings-as-errors='*' "$source" -- -std=c++20 -D_GLIBCXX_ASSERTIONS -I. 2>/dev/null
}
locks_one() {
  once locks "$(clang++ --version)" "$1" "$1" -- \
    clang++ -std=c++20 -D_GLIBCXX_ASSERTIONS -I. -fsyntax-only -Wthread-safety -Werror=thread-safety "$1"
}

each_source() (  # each_source FUNCTION: over the files or rooms named on standard input; fails if one fails
  mkdir -p "$STYLE_CACHE" "$ISHI_ROOT/build/style"
  find "$STYLE_CACHE" -type f -mtime +30 -delete
  cd "$ISHI_ROOT"
  STYLE_HEADERS=$(git ls-files --cached --others --exclude-standard '*.h' | xargs cat | sha256sum)
  export STYLE_CACHE STYLE_HEADERS
  export -f once tidy_room locks_one
  xargs -P "$STYLE_JOBS" -I{} bash -c 'set -o pipefail; "$1" "$2"' _ "$1" {}
)

# A check that cannot fail is no check: each must complain about a file made for that.
check_that_tidy_sees() {
  ! (cd "$ISHI_ROOT" && clang-tidy --quiet --warnings-as-errors='*' tests/style/planted_use_after_move.cpp -- -std=c++20 >/dev/null 2>&1) ||
    die "clang-tidy does not see tests/style/planted_use_after_move.cpp"
}
check_that_locks_are_seen() {
  local said
  said=$(cd "$ISHI_ROOT" && clang++ -std=c++20 -I. -fsyntax-only -Wthread-safety tests/style/planted_unguarded.cpp 2>&1) || true
  [ "$(grep -c 'requires holding mutex' <<<"$said")" = 2 ] ||
    die "-Wthread-safety does not see tests/style/planted_unguarded.cpp"
}

run_clang_tidy() {
  say "clang-tidy"
  check_that_tidy_sees
  style_sources | xargs dirname | sort -u | each_source tidy_room || die "clang-tidy found something (above); NOLINT needs a reason in its line"
}
run_thread_safety() {
  say "locks guard what they say"
  check_that_locks_are_seen
  style_sources_with_locks | each_source locks_one || die "something is used without its lock (above)"
}

# fuzz_one TARGET SECONDS: from the seeds and what earlier runs found (build/fuzz/corpus). What breaks a promise is kept
# in build/fuzz/found, and is to become a unit test.
fuzz_one() {
  local target=$1 seconds=$2 home=$ISHI_ROOT/build/fuzz log=$ISHI_ROOT/build/fuzz/found/$1.log
  mkdir -p "$home/corpus/$target" "$home/found"
  if ! (cd "$home" && ASAN_OPTIONS=allocator_may_return_null=1 "$ISHI_ROOT/build/asan/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -max_len=4096 \
    -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$home/found/$target-" \
    "corpus/$target" "$ISHI_ROOT/tests/fuzz/seeds/$target") >"$log" 2>&1; then
    tail -40 "$log"
    printf 'ishi: the fuzz target %s broke a promise; the input is in %s\n' "$target" "$home/found"
    return 1
  fi
  printf '%-16s %10s runs\n' "$target" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
}
fuzz_targets() { (cd "$ISHI_ROOT/tests/fuzz/targets" && printf '%s\n' *.cpp | sed 's/\.cpp$//'); }

run_fuzz_targets() {  # run_fuzz_targets SECONDS [TARGET...]: as many at a time as there are processors
  local seconds=$1
  shift
  say "fuzz targets, $seconds seconds each"
  [ $# -gt 0 ] || set -- $(fuzz_targets)
  build asan "${@/#/fuzz_}"
  export ISHI_ROOT
  export -f fuzz_one
  printf '%s\n' "$@" | xargs -P "$STYLE_JOBS" -I{} bash -c 'fuzz_one "$1" "$2"' _ {} "$seconds" || die "a fuzz target found something"
}
