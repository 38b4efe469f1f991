# Sourced by the tests that use the command as a user does. Moves to a folder of its own, which goes
# with the test.
# shellcheck shell=bash
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work" || exit 1

fail() {
  printf 'FAILED: %s\n' "$1" >&2
  exit 1
}

# expect_error TEXT COMMAND...: the command fails and says TEXT.
expect_error() {
  local text=$1
  shift
  if "$@" >out.txt 2>err.txt; then fail "succeeded: $*"; fi
  grep -qF -- "$text" err.txt || fail "'$*' does not say '$text' but: $(cat err.txt)"
}

# says TEXT COMMAND...: the command succeeds and says TEXT.
says() {
  local text=$1
  shift
  "$@" >out.txt 2>&1 || fail "'$*' failed: $(cat out.txt)"
  grep -qF -- "$text" out.txt || fail "'$*' does not say '$text' but: $(cat out.txt)"
}

# check CONDITION FILE: the Python expression holds, where j is what the JSON file says.
check() {
  /usr/bin/python3 -c "import json, sys; j = json.load(open(sys.argv[1])); sys.exit(not ($1))" "$2" ||
    fail "$1 does not hold for $(cat "$2")"
}
