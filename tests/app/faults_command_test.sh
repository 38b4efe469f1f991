#!/usr/bin/env bash
# Faults and recovery as a user meets them. usage: faults_command_test.sh ACCEPTLAB SCENARIO
set -euo pipefail
acceptlab=$(realpath -- "$1")
scenario=$(realpath -- "$2")
# shellcheck source=tests/app/command_helpers.sh
source "$(dirname -- "$(realpath -- "$0")")/command_helpers.sh"

# run NAME ARGUMENT...: the shipped scenario on synthetic data.
run() {
  local name=$1
  shift
  "$acceptlab" run "$scenario" --set data.set=synthetic --out "$name" "$@" \
    >"$name.txt" 2>"$name.err" || fail "$name: $(tail -n 1 "$name.err")"
}

# column FILE NAME: its values, a line each.
column() {
  /usr/bin/python3 -c 'import csv, sys
for row in csv.DictReader(open(sys.argv[1])): print(row[sys.argv[2]])' "$1" "$2"
}

echo "--- every fault of the shipped scenario is survived"
run faults
[[ $(column faults/recoveries.csv cause | xargs) == "damaged late late" ]] ||
  fail "recoveries: $(cat faults/recoveries.csv)"
[[ $(column faults/recoveries.csv lost_devices | xargs) == 2 ]] || fail "other devices are lost"
[[ $(column faults/recoveries.csv restarted_devices | xargs) == 3 ]] || fail "none has restarted"
grep -q '^Recoveries' faults.txt || fail "recoveries are not shown"
grep -q '^replication' faults.txt || fail "replication is not shown"
grep -qF '2:' <<<"$(column faults/recoveries.csv plan_after | tail -n 1)" &&
  fail "the plan still uses device 2"
# No mini-batch is missing.
[[ $(tail -n +2 faults/progress.csv | cut -d, -f1,2 | sort -u | wc -l) == 300 ]] ||
  fail "mini-batches are missing"
for figure in recover_ms retrain_ms total_ms; do
  column faults/recoveries.csv $figure | awk '!($1 > 0) { exit 1 }' || fail "no $figure"
done
# The first return needs the copies alone that each device keeps of itself.
[[ $(column faults/recoveries.csv moved_bytes | head -n 1) == 0 ]] || fail "units move for nothing"
column faults/recoveries.csv moved_bytes | tail -n 2 | awk '!($1 > 0) { exit 1 }' || fail "nothing moves"

echo "--- what is survived leaves no trace in synchronous training"
gpipe=(--set schedule.kind=gpipe --set schedule.weights=stash)
run disturbed "${gpipe[@]}" --set 'faults[5].at_batch=100000'
run undisturbed "${gpipe[@]}" --set 'faults=[]'
[[ $(column disturbed/recoveries.csv cause | xargs) == "damaged late" ]] ||
  fail "recoveries: $(cat disturbed/recoveries.csv)"
[[ -z $(column undisturbed/recoveries.csv cause) ]] || fail "a recovery without a fault"
cmp disturbed/checkpoints/epoch_3.ckpt undisturbed/checkpoints/epoch_3.ckpt
grep -q 'device 2 is killed' disturbed.txt || fail "a fault after the end is not mentioned"

echo "--- recorded costs: the same twice, with and without numerics"
"$acceptlab" profile --model cnn --batch 32 --out cnn.json >/dev/null 2>&1
recorded=(--set cost.source=profile --set cost.profile=cnn.json --set cost.numerics=false
  --set training.checkpoint_every_epochs=0)
run recorded1 "${recorded[@]}"
run recorded2 "${recorded[@]}"
for file in recoveries.csv replications.csv progress.csv links.csv timeline.json summary.json; do
  cmp "recorded1/$file" "recorded2/$file"
done
run packets "${recorded[@]}" --set network.model=packet
[[ $(column packets/recoveries.csv cause | xargs) == "damaged late late" ]] ||
  fail "recoveries by packets: $(cat packets/recoveries.csv)"

echo "--- without recovery the fault is named"
off=(--set data.set=synthetic --set recovery.enabled=false)
expect_error 'activation from device 0 arrived damaged on device 1, and recovery is not enabled' \
  "$acceptlab" run "$scenario" "${off[@]}" --out damaged
expect_error 'device 2 is killed' \
  "$acceptlab" run "$scenario" "${off[@]}" --out killed --set 'faults[3].at_batch=100000' \
  --set 'faults[4].at_batch=100000' --set network.stall_limit_s=20

echo "--- mistakes are named"
mistake() { # mistake TEXT: the text of a fault in a scenario of two devices
  printf 'device_count = 2\n%s\n' "$2" >wrong.toml
  expect_error "$1" "$acceptlab" run wrong.toml --out wrong
}
mistake "wrong.toml:3: key 'faults[0].at_s': must be given, or at_batch, but not both" \
  '[[faults]]
kind = "kill"
device = 1'
mistake "must not be 0 with kind = \"kill\"" '[[faults]]
kind = "kill"
at_s = 1
device = 0'
mistake "there is no device 2" '[[faults]]
kind = "pause"
at_s = 1
device = 2'
mistake "key 'faults[0].device': must be given" '[[faults]]
kind = "pause"
at_s = 1'
mistake "wrong.toml:6: key 'faults[0].duration_s': has no effect" '[[faults]]
kind = "kill"
at_s = 1
device = 1
duration_s = 3'
mistake "laid out before the run, not at_batch" '[[faults]]
kind = "bandwidth"
at_batch = 1
from = 0
to = 1'
mistake "did you mean" '[[faults]]
kind = "kil"
at_s = 1
device = 1'
mistake "must be a multiple of recovery.replicate_every_batches = 100" '[recovery]
enabled = true
central_copy_every_batches = 150'
mistake "which ends the run" '[recovery]
enabled = true
[network]
stall_limit_s = 30'
mistake 'must be false with codec.activation_feedback = "delta"' '[recovery]
enabled = true
[codec]
forward = "suq8"
activation_feedback = "delta"'

echo "all well"
