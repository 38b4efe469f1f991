#!/usr/bin/env bash
# The installed libraries serve a project of its own.
# usage: install_test.sh CMAKE BUILD_DIR SOURCE_DIR WORK_DIR CXX_COMPILER WITH_TORCH
set -euo pipefail
cmake=$1 build=$2 source=$3 work=$4 compiler=$5 torch=$6
prefix=$work/prefix

fail() {
  printf 'FAILED: %s\n' "$1" >&2
  exit 1
}

# configure NAME FOLDER OPTION...: configures the project in FOLDER against the installed libraries.
configure() {
  local name=$1 folder=$2
  shift 2
  "$cmake" -S "$folder" -B "$work/$name" -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=Release "$@" >"$work/$name.log" 2>&1
}

rm -rf -- "$work"
mkdir -p -- "$work"
"$cmake" --install "$build" --prefix "$prefix" >"$work/install.log" || fail "cannot install"

echo "--- every header that an installed header includes is installed"
cd -- "$prefix/include/acceptlab"
while IFS=: read -r file include; do
  include=${include#*\"}
  [[ -f ${include%\"*} ]] || fail "$file includes $include"
done < <(grep -rHE '^#include "' .)

echo "--- the example builds and runs, far from these sources"
cp -r -- "$source/examples/consumer" "$work/example"
configure consumer "$work/example" || fail "$(cat "$work/consumer.log")"
"$cmake" --build "$work/consumer" >"$work/consumer.log" 2>&1 || fail "$(cat "$work/consumer.log")"
"$work/consumer/consumer" >"$work/said.txt" || fail "the example fails"
cat "$work/said.txt"
[[ $(grep -c '^device [01] trains units' "$work/said.txt") == 2 ]] || fail "no plan of two stages"
sed -nE 's/^new board: ([0-9.]+) ms predicted, ([0-9.]+) ms measured$/\1 \2/p' "$work/said.txt" |
  awk '{ near = $1 > 0.9 * $2 && $1 < 1.1 * $2 } END { exit !near }' ||
  fail "the prediction is far off"

echo "--- other versions and unknown components are refused"
mkdir -- "$work/asking"
cat >"$work/asking/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(asking LANGUAGES CXX)
find_package(acceptlab ${WANTED} REQUIRED)
get_target_property(linked acceptlab::${TARGET} INTERFACE_LINK_LIBRARIES)
CMAKE
if configure newer "$work/asking" -DWANTED=99.0; then fail "version 99 was found"; fi
if configure odd "$work/asking" '-DWANTED=COMPONENTS;no_such'; then fail "a component too many"; fi
grep -q no_such "$work/odd.log" || fail "$(cat "$work/odd.log")"
configure plain "$work/asking" '-DWANTED=COMPONENTS;predictor' -DTARGET=predictor || fail "$(cat "$work/plain.log")"
if grep -q '^LibTorch_' "$work/plain/CMakeCache.txt"; then fail "LibTorch was looked for"; fi
if [[ $torch == ON ]]; then
  configure network "$work/asking" '-DWANTED=COMPONENTS;predictor_network' \
    -DTARGET=predictor_network ||
    fail "$(cat "$work/network.log")"
fi
echo "all passed"
