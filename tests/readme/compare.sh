# Does the output of a command look as a document shows it? Source it; needs bash in a UTF-8 locale.
#
# Line by line, but for empty lines at the end. A line "…" stands for any number of lines, "…" within a line for any text. What differs from run to run
# is compared by its shape: instants, hashes, the counts of indented lines, numbers of two digits or more. A hash, or a
# number of four digits or more, that a document shows twice must come out the same twice: the receipt that a write
# names is the receipt that `ishi verify` opens. Everything else is compared as it stands.

declare -A shown_as=()  # what the document shows -> what came out
line_pattern=''         # an extended regular expression, and what its groups stand for
line_tokens=()

# Sets line_pattern and line_tokens from a line of a document.
read_expected_line() {
  local rest=$1 token indented=no
  [[ $rest != ' '* ]] || indented=yes
  line_pattern='^' line_tokens=()
  while [ -n "$rest" ]; do
    if [[ $rest =~ ^… ]]; then
      token=… line_pattern+='.*'
    elif [[ $rest =~ ^\ +[0-9]+ && $line_pattern = '^' ]]; then  # a right-aligned count
      token=${rest%%[0-9]*} line_pattern+=' +'
    elif [[ $rest =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{6}\+09:00 ]]; then
      token=${BASH_REMATCH[0]} line_pattern+='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{6}\+09:00'
    elif [[ $rest =~ ^[A-Za-z0-9+/]{43}= ]]; then
      token=${BASH_REMATCH[0]} line_pattern+='([A-Za-z0-9+/]{43}=)'
      line_tokens+=("$token")
    elif [[ $rest =~ ^[0-9a-f]{16,} ]]; then
      token=${BASH_REMATCH[0]} line_pattern+="([0-9a-f]{${#token}})"
      line_tokens+=("$token")
    elif [[ $rest =~ ^[0-9]{4,} ]]; then
      token=${BASH_REMATCH[0]} line_pattern+='([0-9]+)'
      line_tokens+=("$token")
    elif [[ $rest =~ ^[0-9]+ && ( $indented = yes || ${#BASH_REMATCH[0]} -gt 1 ) ]]; then
      token=${BASH_REMATCH[0]} line_pattern+='[0-9]+'
    else
      token=${rest:0:1}
      case $token in
        [][\\.*^\$+?\(\)\{\}\|]) line_pattern+="\\$token" ;;
        *) line_pattern+=$token ;;
      esac
    fi
    rest=${rest#"$token"}
  done
  line_pattern+='$'
}

line_fits() {  # line_fits EXPECTED ACTUAL: remembers what the numbers and hashes stand for
  local place token came
  read_expected_line "$1"
  [[ $2 =~ $line_pattern ]] || return 1
  local groups=("${BASH_REMATCH[@]}")
  for place in "${!line_tokens[@]}"; do
    token=${line_tokens[$place]} came=${groups[$((place + 1))]}
    [ "${shown_as[$token]:-$came}" = "$came" ] || return 1
  done
  for place in "${!line_tokens[@]}"; do shown_as[${line_tokens[$place]}]=${groups[$((place + 1))]}; done
}

# compare_output EXPECTED_FILE ACTUAL_FILE NAME: says on stderr which line of the document did not come.
compare_output() {
  local expected=() actual=() at=0 line skipping=no
  mapfile -t expected <"$1"
  mapfile -t actual <"$2"
  while [ ${#actual[@]} -gt 0 ] && [ -z "${actual[-1]}" ]; do unset "actual[-1]"; done
  for line in "${expected[@]}"; do
    if [[ $line =~ ^\ *…$ ]]; then
      skipping=yes
      continue
    fi
    while [ $skipping = yes ] && [ $at -lt ${#actual[@]} ] && ! line_fits "$line" "${actual[$at]}"; do at=$((at + 1)); done
    if [ $at -ge ${#actual[@]} ] || ! line_fits "$line" "${actual[$at]}"; then
      printf '%s: the document shows\n    %s\n' "$3" "$line" >&2
      if [ $at -lt ${#actual[@]} ]; then printf '  and this came:\n    %s\n' "${actual[$at]}" >&2
      else printf '  and no such line came.\n' >&2; fi
      return 1
    fi
    at=$((at + 1)) skipping=no
  done
  [ $skipping = yes ] || [ $at -eq ${#actual[@]} ] ||
    { printf '%s: the document does not show this line, nor "…" in its place:\n    %s\n' "$3" "${actual[$at]}" >&2; return 1; }
}
