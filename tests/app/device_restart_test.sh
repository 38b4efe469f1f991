#!/usr/bin/env bash
# The central node of a training on real devices is killed and started again from its checkpoint,
# while its workers run on: they serve the new training, which goes on where the checkpoint is.
# usage: device_restart_test.sh ACCEPTLAB
set -euo pipefail
acceptlab=$(realpath -- "$1")
# shellcheck source=tests/app/device_helpers.sh
source "$(dirname -- "$(realpath -- "$0")")/device_helpers.sh"

kill_central() {
  kill -KILL "$central"
  wait "$central" 2>/dev/null || true
  mv central.log "$1"
}

# newest_checkpoint: sets checkpoint and its epoch, once the run under way has one.
newest_checkpoint() {
  local tries=0
  until checkpoint=$(compgen -G "$run.partial/checkpoints/epoch_*.ckpt" | sort -V | tail -n 1) &&
    [[ -n $checkpoint ]]; do
    ((++tries < 6000)) || fail "$run has no checkpoint"
    sleep 0.05
  done
  epoch=$(basename -- "$checkpoint" .ckpt)
  epoch=${epoch#epoch_}
}

# expect_each_once FIRST END FOLDER: of the epochs before END, the run has trained those from FIRST
# on, and none of their mini-batches twice.
expect_each_once() {
  batches_of "$3" | awk -F, -v end="$2" '$1 < end' | sort -t, -k1n -k2n >trained.txt
  awk -v first="$1" -v end="$2" 'BEGIN {
    for (e = first; e < end; ++e) for (b = 0; b < 30; ++b) print e "," b }' >expected.txt
  diff expected.txt trained.txt >&2 || fail "$3: mini-batches are missing, or trained twice"
}

"$acceptlab" keys new keys --names central,one,two,three >/dev/null
read -r p0 p1 p2 p3 < <(free_ports 4)
write_cluster central "$p0" one "$p1" two "$p2" three "$p3"
write_faults_scenario
start_worker one "$p1"
one=${workers[-1]}
start_worker two "$p2"
start_worker three "$p3"

printf -- '--- the central node is killed, after it had lost a device and taken it back\n'
start_training first --set training.epochs=10000
kill -KILL "$one"
wait_for "device 'one' is lost; training goes on without it" central.log
start_worker one "$p1"
wait_for "device 'one' takes part again" central.log
epochs_pass 1
newest_checkpoint
first_end=$epoch
kill_central first.log
for name in one two three; do
  wait_for "the connection to the central node broke" "$name.log"
done

printf -- '--- its workers go on with the next one\n'
start_training second --set training.epochs=10000 --resume "$checkpoint"
epochs_pass 1
newest_checkpoint
second_end=$epoch
kill_central second.log

printf -- '--- it is killed while all devices are measured\n'
"$acceptlab" train scenario.toml --cluster cluster.toml --keys keys/central --out third \
  --set training.epochs=10000 --resume "$checkpoint" >/dev/null 2>central.log &
central=$!
workers+=("$central")
wait_for "measuring all 4 devices" central.log
kill_central third.log
start_training fourth --set training.epochs=10000 --resume "$checkpoint"
epochs_pass 1
if grep -q "is lost" second.log central.log; then fail "a device is lost"; fi
stop_training

printf -- '--- all of them together train what an undisturbed run trains\n'
expect_undisturbed first.partial second.partial fourth
expect_each_once "$first_end" "$second_end" second.partial
expect_each_once "$second_end" "$(tail -n 1 fourth/epochs.csv | cut -d, -f1)" fourth
printf 'all checks passed\n'
