#!/usr/bin/env bash
# Training on real devices as a user runs it, all of them on this machine: `acceptlab keys`,
# `worker`, `train`, `emulate-from`.
# usage: device_command_test.sh ACCEPTLAB
set -euo pipefail
acceptlab=$(realpath -- "$1")
# shellcheck source=tests/app/device_helpers.sh
source "$(dirname -- "$(realpath -- "$0")")/device_helpers.sh"

"$acceptlab" keys new keys --names central,one,two,three >/dev/null
[[ $(stat -c %a keys/central/keyring.toml) == 600 ]] || fail "others can read the secret key"
expect_error "exists; it is not replaced" "$acceptlab" keys new keys --names central,one
expect_error "give --keys DIR" "$acceptlab" worker --listen tcp://127.0.0.1:1
expect_error "loopback interface only" "$acceptlab" worker --listen 'tcp://*:1' --insecure-loopback one
"$acceptlab" keys new alone --name stranger >/dev/null
"$acceptlab" keys trust alone central "$("$acceptlab" keys show keys/central | awk '/this device/ {print $NF}')"
"$acceptlab" keys show alone | grep -q '^knows: central ' || fail "the key was not added"

read -r p0 p1 p2 p3 < <(free_ports 4)
write_cluster central "$p0" one "$p1" two "$p2" three "$p3"
write_scenario real <<'TOML'
[codec]
forward = "mbq4"
backward = "suq8"
TOML
real=(train scenario.toml --cluster cluster.toml --keys keys/central)

sed 's/three/four/' cluster.toml >other.toml
expect_error "no key of device 'four'" "$acceptlab" train scenario.toml --cluster other.toml --keys keys/central
expect_error "lists 4 devices, the scenario has 2" "$acceptlab" "${real[@]}" --set device_count=2 --set partition.cuts=[2]

start_worker one "$p1"
start_worker two "$p2"
start_worker three "$p3"

# Thirty mini-batches for real; the emulated run of the same plan ends with the same weights.
"$acceptlab" "${real[@]}" --out real >out.txt 2>central.log || fail "training fails: $(tail -3 central.log)"
"$acceptlab" run scenario.toml --out emulated >/dev/null 2>&1
cmp real/checkpoints/epoch_1.ckpt emulated/checkpoints/epoch_1.ckpt ||
  fail "real and emulated training end with other weights"
check "j['batches'] == 30 and len(j['stages']) == 4 and j['time_per_batch_ms'] > 0" real/summary.json
check "all(s['busy_ms'] > 0 for s in j['stages'])" real/summary.json
[[ $(wc -l <real/batches.csv) == 121 ]] || fail "a stage's mini-batches are missing"
[[ $(wc -l <real/measured_links.csv) == 13 ]] || fail "a link was not measured"
check "j['batch_samples'] == 16 and j['units'][0]['forward_ms'] > 0" real/profiles/device3.json
"$acceptlab" show real | grep -q '(three)' || fail "show does not name the devices"

expect_error "cost.numerics must be true" "$acceptlab" "${real[@]}" --set cost.numerics=false \
  --set cost.source=profile --set cost.profile=real/profile.json --out none

# The same workers serve again; the run goes on from a checkpoint.
"$acceptlab" "${real[@]}" --set training.epochs=2 --resume real/checkpoints/epoch_1.ckpt --out second \
  >/dev/null 2>central.log || fail "cannot be resumed: $(tail -3 central.log)"
"$acceptlab" run scenario.toml --set training.epochs=2 --resume emulated/checkpoints/epoch_1.ckpt \
  --out second_emulated >/dev/null 2>&1
cmp second/checkpoints/epoch_2.ckpt second_emulated/checkpoints/epoch_2.ckpt ||
  fail "resumed, real and emulated training end with other weights"

# What was measured can be emulated.
"$acceptlab" emulate-from real --no-numerics --out again >/dev/null 2>&1 || fail "cannot be emulated"
check "j['batches'] == 30 and [s['last_unit'] for s in j['stages']] == [1, 2, 4, 5]" again/summary.json
expect_error "no folder of a finished run on real devices" "$acceptlab" emulate-from emulated --out x
cp -r real changed
/usr/bin/python3 - changed/summary.json <<'PYTHON'
import json, sys
summary = json.load(open(sys.argv[1]))
change = dict.fromkeys(["epoch", "batch", "moved_bytes"], 3)
change.update(dict.fromkeys(["start_ms", "drain_ms", "move_ms", "predicted_gain_ms", "predicted_cost_ms",
                             "time_per_batch_before_ms", "time_per_batch_after_ms"], 1.0))
change.update(plan_before="0:1..5", plan_after="0:1..4 1:5")
summary["repartitions"].append(change)
json.dump(summary, open(sys.argv[1], "w"))
PYTHON
expect_error "its plan changed during training" "$acceptlab" emulate-from changed --no-numerics --out x
"$acceptlab" emulate-from changed --no-numerics --stage-times profile --out last_plan >/dev/null 2>&1 ||
  fail "the last plan cannot be emulated with profiles"

# So it is with replicas of the weights, too.
"$acceptlab" "${real[@]}" --set schedule.weights=replicas --set schedule.aggregate_every_batches=7 \
  --out replicas >/dev/null 2>central.log || fail "no training with replicas: $(tail -3 central.log)"
"$acceptlab" run scenario.toml --set schedule.weights=replicas --set schedule.aggregate_every_batches=7 \
  --out replicas_emulated >/dev/null 2>&1
cmp replicas/checkpoints/epoch_1.ckpt replicas_emulated/checkpoints/epoch_1.ckpt ||
  fail "with replicas, real and emulated training end with other weights"
if cmp -s replicas/checkpoints/epoch_1.ckpt real/checkpoints/epoch_1.ckpt; then
  fail "replicas change nothing"
fi

# Interrupted in the middle of an epoch: a checkpoint from which training goes on, for real or
# emulated; the workers are let go and serve again. Nothing is lost or trained twice: synchronous
# training ends as if it had not been stopped.
long=(--set data.train_samples=4800 --set schedule.kind=gpipe)
"$acceptlab" "${real[@]}" "${long[@]}" --out stopped >/dev/null 2>central.log &
central=$!
wait_for "0,2,16," stopped.partial/progress.csv
kill -INT "$central"
code=0
wait "$central" || code=$?
[[ $code == 130 ]] || fail "an interrupted training ends with $code: $(tail -3 central.log)"
grep -q "interrupted: stops after the mini-batches under way" central.log || fail "does not say so"
wait_for "session ends: training has finished" three.log
checkpoint=$(echo stopped/checkpoints/epoch_0_batch_*.ckpt)
[[ -f $checkpoint ]] || fail "no checkpoint in the middle of the epoch"
grep -qF -- "--resume $checkpoint goes on from there" stopped/summary.json || fail "does not say how to go on"
expect_error "goes on only at the end of an epoch" "$acceptlab" "${real[@]}" "${long[@]}" --set training.batch_samples=8 \
  --resume "$checkpoint" --out none
"$acceptlab" "${real[@]}" "${long[@]}" --resume "$checkpoint" --out rest >/dev/null 2>central.log ||
  fail "cannot be resumed in the middle of an epoch: $(tail -3 central.log)"
[[ $(batches_of stopped rest | wc -l) == 300 ]] || fail "mini-batches are trained twice"
[[ $(batches_of stopped rest | sort -u | wc -l) == 300 ]] || fail "mini-batches are lost"
[[ $(tail -n 1 rest/epochs.csv | cut -d, -f8) == 4800 ]] || fail "the epoch has lost samples"
"$acceptlab" run scenario.toml "${long[@]}" --out whole >/dev/null 2>&1
cmp rest/checkpoints/epoch_1.ckpt whole/checkpoints/epoch_1.ckpt ||
  fail "stopped and resumed, training ends with other weights"

# An emulated run stops the same way.
"$acceptlab" run scenario.toml "${long[@]}" --out halted >/dev/null 2>&1 &
central=$!
wait_for "0,2,16," halted.partial/progress.csv
kill -INT "$central"
code=0
wait "$central" || code=$?
[[ $code == 130 ]] || fail "an interrupted run ends with $code"
"$acceptlab" run scenario.toml "${long[@]}" --resume halted/checkpoints/epoch_0_batch_*.ckpt --out rest_emulated \
  >/dev/null 2>&1 || fail "an emulated run cannot be resumed in the middle of an epoch"
cmp rest_emulated/checkpoints/epoch_1.ckpt whole/checkpoints/epoch_1.ckpt ||
  fail "stopped and resumed, an emulated run ends with other weights"

# A worker that is killed: without recovery training ends and says why, with it training goes on.
"$acceptlab" "${real[@]}" --set training.epochs=1000 --out broken >/dev/null 2>central.log &
central=$!
wait_for "ms a batch" central.log
kill -KILL "${workers[1]}"
if wait "$central"; then fail "training without one of its devices succeeds"; fi
grep -q "device 'two' is lost" central.log || fail "does not say which device is lost"
start_worker two "$p2"
"$acceptlab" "${real[@]}" --set training.epochs=40 --set recovery.enabled=true \
  --set recovery.replicate_every_batches=20 --set recovery.central_copy_every_batches=40 \
  --set recovery.probe_timeout_s=2 --out survived >/dev/null 2>central.log &
central=$!
wait_for "epoch 3" central.log
kill -KILL "${workers[3]}"
wait "$central" || fail "does not survive the loss of a device: $(tail -3 central.log)"
grep -q "device 'two' is lost; training goes on without it" central.log || fail "does not say so"
check "j['batches'] - j['recoveries'][0]['retrained_batches'] == 1200" survived/summary.json
check "len(j['stages']) == 3 and j['recoveries'][0]['lost_devices'] == '2'" survived/summary.json
[[ $(wc -l <survived/recoveries.csv) == 2 ]] || fail "the recovery is not recorded"
start_worker two "$p2"

# A worker of another key under the same name is not let in.
kill -TERM "${workers[2]}"
wait "${workers[2]}" || fail "a worker does not end cleanly"
mkdir -p false && "$acceptlab" keys new false/three --name three >/dev/null
"$acceptlab" keys trust false/three central "$("$acceptlab" keys show keys/central | awk '/this device/ {print $NF}')"
"$acceptlab" worker --listen "tcp://127.0.0.1:$p3" --keys false/three 2>false.log &
workers+=($!)
wait_for "listening at" false.log
"$acceptlab" "${real[@]}" --out fourth >/dev/null 2>central.log &
central=$!
wait_for "does not accept this one" central.log
kill -INT "$central"
wait "$central" && fail "a stranger was let in"
printf 'all checks passed\n'
