#!/usr/bin/env bash
# Shards of a sweep, merged, are the sweep. usage: shard_test.sh ACCEPTLAB SOURCE_DIR
set -euo pipefail
ACCEPTLAB=$(realpath -- "$1")
export ACCEPTLAB
tools=$(realpath -- "$2")/tools
# shellcheck source=tests/app/command_helpers.sh
source "$(dirname -- "$(realpath -- "$0")")/command_helpers.sh"

cat >sweep.toml <<'TOML'
name = "sharded"
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
[results]
warmup_batches = 2
[[devices]]
[[devices]]
slowdown = 2
[sweep]
method = ["even", "ftpipehd+codec"]
"network.bandwidth_mbit_s" = [1, 10, 100]
TOML
"$ACCEPTLAB" profile --model cnn --batch 8 --units --repetitions 2 --out cnn.json >/dev/null 2>&1

# What a run says of its command and time; anything else must be equal.
without_time() { sed -E '/^  "(command|started|wall_s)":/d' "$1"; }

# same SWEEP: is byte for byte the sweep run in one piece, the manifests but for those lines.
same() {
  local file
  diff -r --exclude=manifest.json whole "$1" || fail "$1 is not the whole sweep"
  while read -r file; do
    diff <(without_time "whole/$file") <(without_time "$1/$file") || fail "$1/$file differs"
  done < <(cd whole && find . -name manifest.json)
}

echo "--- shards, in any order, are the whole"
"$ACCEPTLAB" sweep sweep.toml --out whole --jobs 2 >/dev/null 2>&1
[[ $(find whole -name manifest.json | wc -l) == 6 ]] || fail "the whole sweep is not whole"
for i in 1 2; do
  "$ACCEPTLAB" sweep sweep.toml --shard "$i/2" --out "part$i" --jobs 2 >/dev/null 2>&1
done
[[ $(wc -l <part1/sweep.csv) == 4 ]] || fail "a shard of 3 points has $(cat part1/sweep.csv)"
"$ACCEPTLAB" merge part2 part1 --out merged >merged.txt
grep -q '6 points' merged.txt || fail "no table: $(cat merged.txt)"
same merged

echo "--- a Slurm task runs its shard, started again it goes on"
for i in 1 2 3; do
  SLURM_ARRAY_TASK_ID=$i SLURM_CPUS_PER_TASK=2 bash "$tools/sweep_slurm" sweep.toml 3 slurm \
    >/dev/null 2>&1
done
stamp=$(stat -c %Y.%i slurm/3/points/0003_*/manifest.json)
SLURM_ARRAY_TASK_ID=3 bash "$tools/sweep_slurm" sweep.toml 3 slurm >/dev/null 2>&1
[[ $(stat -c %Y.%i slurm/3/points/0003_*/manifest.json) == "$stamp" ]] || fail "a point was redone"
"$ACCEPTLAB" merge slurm/* --out slurm_merged >/dev/null
same slurm_merged
expect_error 'not a task of an array' bash "$tools/sweep_slurm" sweep.toml 3 slurm

echo "--- what does not fit together is refused"
expect_error "3 of 6 points are missing (2, 4, 6)" "$ACCEPTLAB" merge part1 --out no
expect_error "point 1 is in part1 and in slurm/1" "$ACCEPTLAB" merge part1 slurm/1 --out no
"$ACCEPTLAB" sweep sweep.toml --shard 2/2 --out other --set seed=9 >/dev/null 2>&1
expect_error "their point 1 is not the same scenario" "$ACCEPTLAB" merge part1 other --out no
expect_error "already exists" "$ACCEPTLAB" merge part1 part2 --out merged
expect_error "i/n with 1 <= i <= n" "$ACCEPTLAB" sweep sweep.toml --shard 3/2 --out no
expect_error "only 6 points" "$ACCEPTLAB" sweep sweep.toml --shard 1/7 --out no
expect_error "holds shard 1/2, not 2/2" "$ACCEPTLAB" sweep sweep.toml --shard 2/2 --out part1
expect_error "needs cost.profile" "$ACCEPTLAB" sweep sweep.toml --shard 1/2 --out no \
  --set 'cost.profile=""' --set cost.source=measured
[[ ! -e no ]] || fail "a refused command left a folder"
echo "all passed"
