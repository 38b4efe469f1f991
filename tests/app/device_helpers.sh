# Sourced by the tests of training on real devices, all of them on this machine. Needs `acceptlab`.
# Moves to a folder of its own, which goes with the test, as do the processes in `workers`.
# shellcheck shell=bash
: "${acceptlab:?}"
# shellcheck source=tests/app/command_helpers.sh
source "$(dirname -- "$(realpath -- "$0")")/command_helpers.sh"
workers=()
finish() {
  local pid
  for pid in "${workers[@]}"; do
    kill -KILL "$pid" 2>/dev/null || true
  done
  rm -rf -- "$work"
}
trap finish EXIT

fail() {
  printf 'FAILED: %s\n' "$1" >&2
  tail -n 5 -- *.log >&2 || true
  exit 1
}

# wait_for TEXT FILE: until the file has the text; the limit only keeps a broken test from hanging.
wait_for() {
  local tries=0
  until grep -qF -- "$1" "$2" 2>/dev/null; do
    ((++tries < 6000)) || fail "'$1' does not appear in $2"
    sleep 0.05
  done
}

free_ports() {
  /usr/bin/python3 -c '
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))' "$1"
}

# start_worker NAME PORT [ARGUMENTS...]: its process is the last of `workers`.
start_worker() {
  local name=$1 port=$2
  shift 2
  "$acceptlab" worker --listen "tcp://127.0.0.1:$port" --keys "keys/$name" "$@" 2>"$name.log" &
  workers+=($!)
  wait_for "listening at" "$name.log"
}

# write_cluster NAME PORT [NAME PORT...]
write_cluster() {
  while (($# > 0)); do
    printf '[[devices]]\nname = "%s"\naddress = "tcp://127.0.0.1:%s"\n' "$1" "$2"
    shift 2
  done >cluster.toml
}

# batches_of FOLDER...: every mini-batch that these runs have trained, as epoch,number.
batches_of() {
  local folder
  for folder; do tail -n +2 "$folder/progress.csv" | cut -d, -f1,2; done
}

# write_scenario NAME <MORE: a small network on four devices, as scenario.toml, with MORE tables.
write_scenario() {
  local more
  more=$(cat)
  cat >scenario.toml <<TOML
name = "$1"
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
[partition]
solver = "given"
cuts = [1, 2, 4]
$more
TOML
}

# write_faults_scenario: its devices train synchronously and survive losses.
write_faults_scenario() {
  write_scenario faults <<'TOML'
[schedule]
kind = "gpipe"
[recovery]
enabled = true
replicate_every_batches = 10
central_copy_every_batches = 20
batch_deadline_s = 4
probe_timeout_s = 3
TOML
}

# wait_for_count TEXT COUNT FILE: until so many lines have the text.
wait_for_count() {
  local tries=0
  until (($(grep -cF -- "$1" "$3" || true) >= $2)); do
    ((++tries < 6000)) || fail "'$1' does not appear $2 times in $3"
    sleep 0.05
  done
}

# epochs_pass COUNT: so many epochs of the training under way end.
epochs_pass() {
  local now
  now=$(wc -l <"$run.partial/epochs.csv")
  local tries=0
  until (($(wc -l <"$run.partial/epochs.csv") >= now + $1)); do
    ((++tries < 6000)) || fail "training stands still"
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
