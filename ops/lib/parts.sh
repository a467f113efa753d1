# What ops/test spends its time on, and whether that is still within the budget (tests/README.md). Source after common.sh.
#
#   part NAME BUDGET_MINUTES COMMAND…    runs the command and counts its seconds under NAME. Several commands may count
#                                        under one name. Ends the run if the command fails; so never `part … || …`.
#   last_part PRESET [ctest arguments]   the tests of a build, counted by their labels; then the table; then, as the last
#                                        lines of all, ctest's own summary.
PART_NAMES=() PART_CURRENT='' PART_STARTED=$SECONDS
declare -A PART_SECONDS=() PART_BUDGET=()
PART_COLD_MINUTES_MAX=60  # for everything, with no compiler cache

count_part() {  # count_part NAME BUDGET_MINUTES SECONDS
  [ -n "${PART_SECONDS[$1]:-}" ] || PART_NAMES+=("$1")
  PART_SECONDS[$1]=$((${PART_SECONDS[$1]:-0} + $3))
  PART_BUDGET[$1]=$(($2 * 60))
}

part() {
  local name=$1 budget=$2 started=$SECONDS
  shift 2
  PART_CURRENT=$name
  "$@"
  count_part "$name" "$budget" $((SECONDS - started))
  PART_CURRENT=''
}
say_where_it_stopped() {
  local status=$?
  [ $status = 0 ] || [ -z "$PART_CURRENT" ] || printf 'ishi: ops/test stopped in part "%s"\n' "$PART_CURRENT" >&2
}
trap say_where_it_stopped EXIT

parts_table() {
  local name total=$((SECONDS - PART_STARTED))
  printf '\n%-12s %8s %8s\n' part seconds budget
  for name in "${PART_NAMES[@]}"; do
    printf '%-12s %8d %8d%s\n' "$name" "${PART_SECONDS[$name]}" "${PART_BUDGET[$name]}" \
      "$([ "${PART_SECONDS[$name]}" -le "${PART_BUDGET[$name]}" ] || printf '   OVER')"
  done
  printf '%-12s %8d %8d%s   budgets are for a warm compiler cache, but for this one\n\n' 'by the clock' "$total" \
    $((PART_COLD_MINUTES_MAX * 60)) "$([ $total -le $((PART_COLD_MINUTES_MAX * 60)) ] || printf '   OVER')"
}

# Which part a label counts under, with its budget.
part_of_label() {
  case $1 in
    *system*) echo faults 6 ;;
    *browser*) echo browser 6 ;;
    *unit*|*postgres*|*redis*) echo unit 12 ;;
    *) echo rest 5 ;;
  esac
}

last_part() {
  local preset=$1 jobs=2 status=0 label seconds log summary
  shift
  log=$ISHI_ROOT/build/.tests-$preset.log summary=$ISHI_ROOT/build/.summary-$preset.log
  # Everything is shown as it comes, but for the summary, which waits for the table.
  (cd "$ISHI_ROOT/build/$preset" && ctest --output-on-failure --no-tests=error -j$jobs "$@") | tee "$log" |
    awk '!summary && /^[0-9]+% tests passed/ { summary = 1 } !summary { print; fflush() }' || status=$?
  sed -n '/^[0-9]*% tests passed/,$p' "$log" >"$summary"
  # Two tests run at a time, so a label takes half of what its tests take: "unit  =  12.34 sec*proc (56 tests)".
  while read -r label seconds; do
    count_part $(part_of_label "$label") $((${seconds%.*} / jobs))
  done < <(sed -n 's/^\([^ ]*\) *= *\([0-9.]*\) sec\*proc.*/\1 \2/p' "$summary")
  parts_table
  cat "$summary"
  return $status
}
