#!/usr/bin/env bash
# `acceptlab plan` of bare problems and profiles as a user runs it. usage: ... ACCEPTLAB
set -euo pipefail
acceptlab=$(realpath -- "$1")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd -- "$work"

fail() {
  printf 'FAILED: %s\n' "$1" >&2
  exit 1
}

# says TEXT ARGUMENTS...: `plan ARGUMENTS` succeeds and says TEXT.
says() {
  local text=$1
  shift
  "$acceptlab" plan "$@" >out.txt 2>err.txt || fail "$*: $(cat err.txt)"
  grep -qF -- "$text" out.txt || fail "'$*' does not say '$text' but: $(cat out.txt)"
  [[ ! -s err.txt ]] || fail "'$*' succeeds, but complains: $(cat err.txt)"
}

# refused TEXT ARGUMENTS...: `plan ARGUMENTS` fails with status 1 and says TEXT on standard error.
refused() {
  local text=$1 status=0
  shift
  "$acceptlab" plan "$@" >out.txt 2>err.txt || status=$?
  [[ $status -eq 1 ]] || fail "'$*' ends with status $status"
  grep -qF -- "$text" err.txt || fail "'$*' does not say '$text' but: $(cat err.txt)"
  [[ ! -s out.txt ]] || fail "'$*' fails, but prints: $(cat out.txt)"
}

# check CONDITION: the Python expression holds, where j is the JSON last printed.
check() {
  /usr/bin/python3 -c "import json, sys; j = json.load(open('out.txt')); sys.exit(not ($1))" ||
    fail "$1 does not hold for $(cat out.txt)"
}

unit() {
  printf '{"forward_us": %s, "backward_us": 2000, "activation_bytes": %s, "gradient_bytes": %s,
          "parameter_bytes": 1e6}' "$1" "$2" "$2"
}
device='"bandwidth_bytes_per_s": 1e6, "latency_us": 50, "memory_bytes"'
cat >two.json <<JSON
{"units": [$(unit 1000 500), $(unit 1000 100), $(unit 1000 800)],
 "devices": [{"name": "a", $device: 1e9}, {"name": "b", "time_factor": 0.5, $device: 9e6}]}
JSON

echo "--- a bare problem"
# Cut after unit 2: 6000 us | 100 + 100 bytes at 1 MB/s and twice 50 us = 300 us | 1500 us.
# Cut after unit 1: 3000 us | 1100 us | 3000 us; of two in flight each has (3000 + 1100 + 3000) / 2.
says '"feasible": true' --problem two.json --json
check "j['bottleneck_us'] == j['objective_us'] == j['lower_bound_us'] == 3000 and j['is_optimal']"
check "abs(j['steady_state_us'] - 3550) < 1e-6"
check "[(s['device'], s['first_unit'], s['last_unit'], s['compute_us']) for s in j['stages']] == \
  [('a', 1, 1, 3000), ('b', 2, 3, 3000)]"
check "[(l['from'], l['to'], l['transfer_us'], l['slack_us']) for l in j['links']] == \
  [('a', 'b', 1100, 1900)]"
check "len(j['alternatives']) == 2 and 'break_even' in j['links'][0]"
says '"alternatives": []' --problem two.json --json --no-explain
check "'break_even' not in j['links'][0]"
says 'bottleneck    3.000 ms a mini-batch: stage 1 on a' --problem two.json

echo "--- no feasible plan is an answer"
sed 's/1e9/1e6/; s/9e6/1e6/' two.json >small.json
says '"feasible": false' --problem small.json --json
check "j['reason'] and 'stages' not in j"
says 'plan          none: ' --problem small.json

echo "--- a bad problem is refused with file, place, rule and value"
sed 's/"forward_us": 1000/"forward_us": -1/' two.json >bad.json
refused 'bad.json: units[0].forward_us must be from 0 to 1e+18, got -1' --problem bad.json
sed 's/"forward_us": 1000/"forward_us": NaN/' two.json >bad.json
refused "bad.json: units[0].forward_us: 'NaN' is no JSON" --problem bad.json --json
sed 's/"latency_us"/"latency_ms"/' two.json >bad.json
refused "devices[0].latency_ms is not a known key; did you mean 'latency_us'?" --problem bad.json
refused 'missing.json: cannot be read' --problem missing.json

echo "--- PipeDream's profiles"
{
  printf 'node1 -- Input0 -- forward_compute_time=0.000, backward_compute_time=0.000, '
  printf 'activation_size=0.0, parameter_size=0.000\n'
  for node in 2 3 4; do
    printf 'node%d -- Linear -- forward_compute_time=1.000, backward_compute_time=2.000, ' $node
    printf 'activation_size=1000.0, parameter_size=8.000\n'
  done
  printf '\tnode1 -- node2\n\tnode2 -- node3\n\tnode3 -- node4\n\tnode2 -- node4\n'
} >graph.txt
says '"mode": "fixed_all"' --pipedream graph.txt --stages 3 --json
check "j['bottleneck_us'] == 3000 and [l['transfer_us'] for l in j['links']] == [0, 0]"
check "j['stages'][2]['unit_names'] == ['node4 Linear']"
says '"feasible": true' --pipedream graph.txt --stages 2 --bandwidth 8Mbit/s --json
check "j['bottleneck_us'] == 6000 and j['links'][0]['transfer_us'] in (2000, 4000)"
says '"feasible": true' --pipedream graph.txt --stages 3 --bandwidth 100 --at-most --json
check "j['bottleneck_us'] == 9000 and len(j['stages']) == 1"
says '"solver": "downsets"' --pipedream graph.txt --stages 2 --dag --bandwidth 1e6 --json
check "j['bottleneck_us'] == j['lower_bound_us'] == 6000"
refused 'two.json:1: ' --pipedream two.json --stages 2

echo "--- wrong options are refused"
refused '--stages' --pipedream graph.txt
refused '--pipedream' --stages 2 --problem two.json
refused "got '10Gbps'" --pipedream graph.txt --stages 2 --bandwidth 10Gbps
refused "got '-1'" --pipedream graph.txt --stages 2 --bandwidth=-1
refused 'xactly 1' --problem two.json --pipedream graph.txt --stages 2
refused 'plan.jpg' --problem two.json --picture plan.jpg
says 'Usage: acceptlab plan' --help

echo "--- a picture"
if /usr/bin/python3 -c 'import matplotlib' 2>/dev/null; then
  says '"feasible": true' --problem two.json --json --no-explain --picture plan.svg
  check "j['bottleneck_us'] == 3000"
  grep -q '<svg' plan.svg || fail "plan.svg is no picture"
else
  echo "left out: no matplotlib"
fi
echo "all passed"
