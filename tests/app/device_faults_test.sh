#!/usr/bin/env bash
# What happens to training on real devices when devices and links fail. Stages train synchronously:
# whatever happens, the loss of every epoch is that of an undisturbed run.
# usage: device_faults_test.sh ACCEPTLAB
set -euo pipefail
acceptlab=$(realpath -- "$1")
here=$(dirname -- "$(realpath -- "$0")")
# shellcheck source=tests/app/device_helpers.sh
source "$here/device_helpers.sh"

memory_kib() { awk '/VmRSS/ { print $2 }' "/proc/$1/status"; }

"$acceptlab" keys new keys --names central,one,two,three >/dev/null
read -r p0 p1 p2 p3 p4 relayed < <(free_ports 6)
write_cluster central "$p0" one "$p1" two "$relayed" three "$p3"
write_faults_scenario
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

printf -- '--- the bandwidth to a device drops to 1 percent: slower, but nobody is lost\n'
# Of what was measured, in Mbit/s; not less than what carries a mini-batch within its deadline where
# the machine was busy then.
rate=$(awk -F, '$1 == 0 && $2 == 2 { r = $3 * 1e6 / 8 / 100; print int(r > 2e5 ? r : 2e5) }' \
  "$run.partial/measured_links.csv")
echo "slow $rate" >&3
wait_for "slow" relay.log
epochs_pass 1
echo fast >&3
wait_for "fast" relay.log
epochs_pass 1
if grep -q "is lost" central.log; then fail "a slow link costs a device"; fi

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

printf -- '--- strangers that say what they must not, and one that repeats what a device was told\n'
"$here/rude_connections.py" "$p0" "$p1" >rude.log 2>&1 || fail "strangers are not turned away"
echo replay >&3
wait_for "replayed" relay.log
epochs_pass 1
after=$(($(memory_kib "$central") + $(memory_kib "$one")))
((after < before + 200000)) || fail "rude strangers take $((after - before)) KiB"

printf -- '--- a device without a key that the others know\n'
mkdir -p unknown && "$acceptlab" keys new unknown/central --name central >/dev/null
for name in one two three; do
  key=$("$acceptlab" keys show "keys/$name" | awk '/this device/ {print $NF}')
  "$acceptlab" keys trust unknown/central "$name" "$key"
done
sed "s/:$p0\"/:$p4\"/" cluster.toml >unknown.toml
"$acceptlab" train scenario.toml --cluster unknown.toml --keys unknown/central --out unknown_run \
  >/dev/null 2>unknown.log &
stranger=$!
workers+=("$stranger")
wait_for "device 'one' at tcp://127.0.0.1:$p1 does not accept this one" unknown.log
kill -KILL "$stranger"
epochs_pass 1
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
