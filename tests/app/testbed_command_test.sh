#!/usr/bin/env bash
# `acceptlab testbed run` and `acceptlab validate` as a user runs them; exits 77 (skipped) where
# this host lacks what they need. usage: testbed_command_test.sh ACCEPTLAB
set -euo pipefail
acceptlab=$(realpath -- "$1")
# shellcheck source=tests/app/command_helpers.sh
source "$(dirname -- "$(realpath -- "$0")")/command_helpers.sh"

# wait_for CONDITION...: until the command succeeds, a minute at most.
wait_for() {
  local tries=600
  until "$@"; do
    ((tries-- > 0)) || fail "never came true: $*"
    sleep 0.1
  done
}

# What testbeds have in this host: namespaces, control groups, keys.
traces() {
  find /run /run/netns /sys/fs/cgroup/cpu -maxdepth 1 -name 'acceptlab-*' 2>/dev/null | sort
}

cat >two.toml <<'TOML'
name = "two devices"
[model]
name = "cnn"
[data]
set = "synthetic"
train_samples = 400
test_samples = 20
[training]
batch_samples = 8
evaluate = false
[partition]
solver = "even"
[network]
bandwidth_mbit_s = 50
delay_ms = 0
[[devices]]
slowdown = 2.5
[[devices]]
slowdown = 2.5
[results]
warmup_batches = 2
TOML
short=(--set training.max_batches_per_epoch=6)

if ((EUID != 0)); then
  expect_error "root: network namespaces and control groups are root's" \
    "$acceptlab" testbed run two.toml --processors 0
  echo "skipped: needs root"
  exit 77
fi
if ! "$acceptlab" testbed run two.toml --processors 0 "${short[@]}" --out probe >probe.log 2>&1 &&
  grep -qE 'needs of this host|Operation not permitted' probe.log; then
  echo "skipped: $(cat probe.log)"
  exit 77
fi
before=$(traces)

echo "--- a run folder as of 'acceptlab run', and nothing else left"
[[ -f probe/summary.json ]] || fail "no summary: $(cat probe.log)"
[[ -f probe/logs/worker1.log ]] || fail "no log of the worker"
[[ ! -e probe.testbed ]] || fail "keys and logs were left"
grep -q '"clock": "wall"' probe/summary.json || fail "the clock is not the wall's"
[[ $(traces) == "$before" ]] || fail "left: $(traces)"

echo "--- what the kernel cannot do, or the host cannot carry, is refused"
expect_error "network.delay_ms and network.loss_rate must be 0" \
  "$acceptlab" testbed run two.toml --processors 0 --set network.delay_ms=1
expect_error "need 2 of 1 processor (0)" \
  "$acceptlab" testbed run two.toml --processors 0 --set 'devices[0].slowdown=1' \
  --set 'devices[1].slowdown=1'
expect_error "slowdown of 1 to 1000" \
  "$acceptlab" testbed run two.toml --processors 0 --set 'devices[0].slowdown=0.5'
expect_error "--processors must be a list" "$acceptlab" testbed run two.toml --processors x

echo "--- Ctrl-C ends it, with all of its processes and names"
"$acceptlab" testbed run two.toml --processors 0 --set training.epochs=1000 --out long \
  >long.log 2>&1 &
testbed=$!
wait_for test -f long.partial/progress.csv
kill -INT "$testbed"
if wait "$testbed"; then fail "an interrupted run succeeded"; fi
[[ $(traces) == "$before" ]] || fail "left after Ctrl-C: $(traces)"

echo "--- after a kill, the next run removes what was left"
"$acceptlab" testbed run two.toml --processors 0 --set training.epochs=1000 --out killed \
  >killed.log 2>&1 &
testbed=$!
wait_for test -f killed.partial/progress.csv
group=$(find /sys/fs/cgroup/cpu -maxdepth 1 -name "acceptlab-$testbed-*")
kill -KILL "$testbed"
wait "$testbed" || true
# The devices' processes end with their parent.
nobody_left() { ! grep -q . "$group"/device*/cgroup.procs; }
wait_for nobody_left
[[ -d $group ]] || fail "nothing was left to remove"
"$acceptlab" testbed run two.toml --processors 0 "${short[@]}" --out next >next.log 2>&1 ||
  fail "$(cat next.log)"
grep -q "removed what the killed testbed $(basename "$group") had left" next.log ||
  fail "does not say what it removed: $(cat next.log)"
[[ $(traces) == "$before" ]] || fail "left after a kill: $(traces)"

echo "--- validation: real and emulated, kept when started again"
cat two.toml - >grid.toml <<'TOML'
[sweep]
"network.bandwidth_mbit_s" = [20, 50]
TOML
"$acceptlab" validate grid.toml --processors 0 "${short[@]}" --out fidelity >validate.log 2>&1 ||
  fail "$(cat validate.log)"
grep -q "^emulation *median" validate.log || fail "no summary: $(cat validate.log)"
[[ $(grep -c ',ok,' fidelity/fidelity.csv) == 2 ]] || fail "$(cat fidelity/fidelity.csv)"
cp fidelity/fidelity.csv first.csv
"$acceptlab" validate grid.toml --processors 0 "${short[@]}" --out fidelity >again.log 2>&1 ||
  fail "$(cat again.log)"
cmp first.csv fidelity/fidelity.csv || fail "finished points were run again"
"$acceptlab" show fidelity | grep -q "same cut is faster" || fail "show does not sum up"

echo "testbed: all passed"
