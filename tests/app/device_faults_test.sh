#!/usr/bin/env bash
# What happens to training on real devices when devices and links fail. Stages train synchronously:
# whatever happens, the loss of every epoch is that of an undisturbed run.
# usage: device_faults_test.sh ACCEPTLAB
set -euo pipefail
acceptlab=$(realpath -- "$1")
here=$(dirname -- "$(realpath -- "$0")")
# shellcheck source=tests/app/device_helpers.sh
source "$here/device_helpers.sh"

# wait_for_count TEXT COUNT FILE: until so many lines have the text.
wait_for_count() {
  local tries=0
  until (($(grep -cF -- "$1" "$3" || true) >= $2)); do
    ((++tries < 1200)) || fail "'$1' does not appear $2 times in $3"
    sleep 0.05
  done
}

# epochs_pass COUNT: so many epochs of the training under way end.
epochs_pass() {
  local now
  now=$(wc -l <"$run.partial/epochs.csv")
  local tries=0
  until (($(wc -l <"$run.partial/epochs.csv") >= now + $1)); do
    ((++tries < 1200)) || fail "training stands still"
    kill -0 "$central" 2>/dev/null || fail "training has ended"
    sleep 0.05
  done
}

# start_training NAME ARGUMENTS...: sets run and central; returns once it trains.
start_training() {
  run=$1
  shift
  "$acceptlab" train scenario.toml --cluster cluster.toml --keys keys/central --out "$run" "$@" \
    >/dev/null 2>central.log &
  central=$!
  workers+=("$central")
  wait_for ",2,16," "$run.partial/progress.csv"
}

stop_training() {
  kill -INT "$central"
  local code=0
  wait "$central" || code=$?
  [[ $code == 130 ]] || fail "the training ends with $code"
}

# expect_undisturbed FOLDER...: what these runs have trained, one going on where the other ended, is
# what an undisturbed one trains: all mini-batches, and the same losses.
expect_undisturbed() {
  local folder
  for folder; do tail -n +2 "$folder/epochs.csv"; done | cut -d, -f1,8-13 |
    awk -F, '{ row[$1] = $0 } END { for (e = 0; e in row; ++e) print row[e] }' >losses.txt
  local epochs
  epochs=$(wc -l <losses.txt)
  "$acceptlab" run scenario.toml --set training.epochs="$epochs" --set recovery.enabled=false \
    --out undisturbed >/dev/null 2>&1
  diff <(tail -n +2 undisturbed/epochs.csv | cut -d, -f1,8-13) losses.txt >&2 ||
    fail "$*: other losses than those of an undisturbed run"
  [[ $(batches_of "$@" | awk -F, -v n="$epochs" '$1 < n' | sort -u | wc -l) == $((30 * epochs)) ]] ||
    fail "$*: mini-batches are missing"
}

memory_kib() { awk '/VmRSS/ { print $2 }' "/proc/$1/status"; }

"$acceptlab" keys new keys --names central,one,two,three >/dev/null
read -r p0 p1 p2 p3 relayed < <(free_ports 5)
write_cluster central "$p0" one "$p1" two "$relayed" three "$p3"
cat >scenario.toml <<'TOML'
name = "faults"
seed = 3
device_count = 4
[model]
name = "cnn"
[data]
set = "synthetic"
train_samples = 480
test_samples = 100
[training]
batch_samples = 16
checkpoint_every_epochs = 1
[schedule]
kind = "gpipe"
[partition]
solver = "given"
cuts = [1, 2, 4]
[recovery]
enabled = true
replicate_every_batches = 10
central_copy_every_batches = 20
batch_deadline_s = 4
probe_timeout_s = 3
TOML
mkfifo relay.in
"$here/relay.py" "$relayed" "$p2" <relay.in >relay.log 2>&1 &
workers+=($!)
exec 3>relay.in
wait_for "ready" relay.log
start_worker one "$p1"
one=${workers[-1]}
start_worker two "$p2"
two=${workers[-1]}
start_worker three "$p3"
three=${workers[-1]}

ulimit -Sn 1024  # as it is on most systems
start_training first --set training.epochs=10000

printf -- '--- a frame is damaged on its way to a device: nobody is lost\n'
echo damage >&3
wait_for "damaged" relay.log
wait_for "training goes back to" central.log
epochs_pass 2
if grep -q "is lost" central.log; then fail "a damaged frame costs a device"; fi

printf -- '--- a link is down until its device is taken for lost, and comes back\n'
echo cut >&3
wait_for "device 'two' is lost; training goes on without it" central.log
epochs_pass 1
echo mend >&3
wait_for "device 'two' is there again; what it sends of the plan before is dropped" central.log
wait_for "this device was taken for lost" two.log
wait_for "device 'two' takes part again" central.log

printf -- '--- a device is stopped for longer than the deadline\n'
kill -STOP "$three"
wait_for "device 'three' is lost; training goes on without it" central.log
epochs_pass 1
kill -CONT "$three"
wait_for "device 'three' is there again; what it sends of the plan before is dropped" central.log
wait_for "this device was taken for lost" three.log
wait_for "device 'three' takes part again" central.log
epochs_pass 1

printf -- '--- a thousand connections that say nothing, to the central node and to a device\n'
returns=$(grep -c "training goes back to" central.log)
before=$(($(memory_kib "$central") + $(memory_kib "$one")))
"$here/silent_connections.py" "$p0" "$p1" >silent.log 2>&1 &
workers+=($!)
wait_for "holds 2000 connections" silent.log
epochs_pass 2
after=$(($(memory_kib "$central") + $(memory_kib "$one")))
((after < before + 200000)) || fail "2,000 strangers take $((after - before)) KiB"
[[ $(grep -c "training goes back to" central.log) == "$returns" ]] || fail "strangers disturb training"

printf -- '--- two neighbours are killed at once, and started again with nothing\n'
kill -KILL "$one" "$two"
wait_for "device 'one' is lost; training goes on without it" central.log
wait_for_count "device 'two' is lost; training goes on without it" 2 central.log
epochs_pass 1
start_worker one "$p1"
start_worker two "$p2"
wait_for "device 'one' is there again, started anew" central.log
wait_for "device 'two' is there again, started anew" central.log
wait_for "device 'one' takes part again" central.log
wait_for_count "device 'two' takes part again" 2 central.log
epochs_pass 2

stop_training

printf -- '--- all of it trains what an undisturbed run trains\n'
expect_undisturbed first
printf 'all checks passed\n'
