#!/usr/bin/env bash
# tools/sweep_parallel makes what one sweep makes. usage: parallel_test.sh ACCEPTLAB SOURCE_DIR
# Exits with 77 where GNU parallel is missing.
set -euo pipefail
ACCEPTLAB=$(realpath -- "$1")
export ACCEPTLAB
tools=$(realpath -- "$2")/tools
if ! parallel --version 2>/dev/null | grep -q '^GNU parallel'; then
  echo "skipped: GNU parallel is not installed (Debian package parallel)"
  exit 77
fi
# shellcheck source=tests/app/command_helpers.sh
source "$(dirname -- "$(realpath -- "$0")")/command_helpers.sh"

cat >sweep.toml <<'TOML'
[model]
name = "cnn"
[data]
set = "synthetic"
train_samples = 64
test_samples = 20
[training]
batch_samples = 8
[cost]
source = "profile"
profile = "cnn.json"
numerics = false
[[devices]]
[[devices]]
[sweep]
method = ["even", "ftpipehd"]
"network.bandwidth_mbit_s" = [1, 10, 100]
TOML
"$ACCEPTLAB" profile --model cnn --batch 8 --units --repetitions 2 --out cnn.json >/dev/null 2>&1
"$ACCEPTLAB" sweep sweep.toml --out whole >/dev/null 2>&1
bash "$tools/sweep_parallel" sweep.toml 3 merged --jobs 2 >/dev/null 2>errors.txt || {
  cat errors.txt >&2
  exit 1
}
diff -r --exclude=manifest.json whole merged
# What is there already is not made again, and not overwritten.
if bash "$tools/sweep_parallel" sweep.toml 3 merged >/dev/null 2>errors.txt; then exit 1; fi
grep -q 'merged: already exists' errors.txt
echo "all passed"
