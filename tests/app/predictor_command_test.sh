#!/usr/bin/env bash
# `acceptlab profile` and `acceptlab predictor` as a user runs them.
# usage: predictor_command_test.sh ACCEPTLAB
set -euo pipefail
acceptlab=$(realpath -- "$1")
# shellcheck source=tests/app/command_helpers.sh
source "$(dirname -- "$(realpath -- "$0")")/command_helpers.sh"

quick=(--model cnn --sample-ms 1 --no-codecs)
profile() { "$acceptlab" profile "${quick[@]}" --batch 4 "$@"; }

# A profile that was killed goes on where it was, even with a row cut off.
"$acceptlab" profile "${quick[@]}" --batch 4 --rounds 60 --out killed.json >/dev/null 2>&1 &
pid=$!
rows() { [[ -e killed.json.partial/samples.csv ]] && wc -l <killed.json.partial/samples.csv || echo 0; }
until (($(rows) >= 20)); do
  kill -0 "$pid" 2>/dev/null || fail "the profile ended before it could be killed"
  sleep 0.02
done
kill -KILL "$pid"
wait "$pid" 2>/dev/null || true
[[ ! -e killed.json ]] || fail "a killed profile left a file"
before=$(($(rows) - 1))  # without the header
printf '3,1,2' >>killed.json.partial/samples.csv
expect_error "holds samples of another profile" "$acceptlab" profile "${quick[@]}" --batch 8 --rounds 60 \
  --out killed.json
profile --rounds 60 --out killed.json >/dev/null 2>progress.txt
grep -qE "^($before|$((before + 1)))/900 .*: known" progress.txt ||
  fail "does not go on at $before: $(head -1 progress.txt)"
[[ ! -e killed.json.partial ]] || fail "the samples are left behind"
check "len(j['sub_models']) == 15 and j['sub_models'][0]['samples'] == 60" killed.json
check "j['environment']['clock'] == 'cpu' and float(j['environment']['peak_memory_mb']) > 0" killed.json

# Probes alone; other dials.
profile --probes --rounds 1 --threads 2 --no-onednn --out probes.json >/dev/null 2>&1
check "len(j['sub_models']) == 10 and j['environment']['clock'] == 'wall'" probes.json
check "j['environment']['torch_threads'] == '2' and j['environment']['torch_mkldnn'] == 'off'" probes.json

# A table of six devices that are alike but for speed and the last unit.
cat >make.py <<'PYTHON'
import json

profile = json.load(open("killed.json"))
ranges = [(s["first_unit"], s["last_unit"]) for s in profile["sub_models"]]
units = [3.0, 1.0, 4.0, 2.0, 5.0]
devices = {"a": (1.0, 1.0), "b": (2.0, 1.3), "c": (5.0, 1.1), "d": (0.5, 0.8),
           "e": (1.5, 1.2), "f": (3.0, 0.9)}


def times(device, first, last):
    speed, shape = devices[device]
    forward = sum(units[u - 1] * speed * (shape if u == 5 else 1) for u in range(first, last + 1))
    return forward, 1.5 * forward


with open("t.csv", "w") as out:
    print("first_unit,last_unit," + ",".join(f"{d}_forward_us,{d}_backward_us" for d in devices),
          file=out)
    for r in ranges:
        print(*r, *(f"{1000 * t:.3f}" for d in devices for t in times(d, *r)), sep=",", file=out)
with open("t.personas.csv", "w") as out:
    print("persona,model,width,batch_samples,cores", file=out)
    for d in devices:
        print(f"{d},cnn,1,4,1", file=out)
for s in profile["sub_models"]:
    s["forward_ms"], s["backward_ms"] = times("b", s["first_unit"], s["last_unit"])
profile["codecs"]["none"] = {"encode_ns_per_value": 1.0, "decode_ns_per_value": 1.0}
json.dump(profile, open("b.json", "w"))
PYTHON
/usr/bin/python3 make.py

"$acceptlab" predictor train --personas t.csv --out p.json >train.txt
grep -q "trained on 6 personas" train.txt || fail "train says $(cat train.txt)"
"$acceptlab" predictor train --personas t.csv --out again.json >/dev/null
cmp p.json again.json || fail "training twice gives two files"
"$acceptlab" predictor predict p.json --profile b.json --json >predict.json
check "len(j['sub_models']) == 15" predict.json
check "all(abs(s['forward_ms'] / (2 * sum(x * (1.3 if u == 4 else 1) for u, x in enumerate([3, 1, 4, 2, 5]) if s['first_unit'] <= u + 1 <= s['last_unit'])) - 1) < 0.02 for s in j['sub_models'])" predict.json
check "all(s['total_low_ms'] <= s['forward_ms'] + s['backward_ms'] <= s['total_high_ms'] for s in j['sub_models'])" predict.json
"$acceptlab" predictor adapt p.json --profile b.json --out adapted.json --json >adapt.json
check "j['sub_models'] == 15 and j['after']['mape_percent'] <= j['before']['mape_percent'] + 0.01" adapt.json
check "len(j['devices']) == 7" adapted.json
"$acceptlab" predictor predict adapted.json --profile b.json --units 2..4 >/dev/null

expect_error "lacks the probe" "$acceptlab" predictor predict p.json --profile probes.json
expect_error "must be FIRST..LAST within 1..5" "$acceptlab" predictor predict p.json --profile b.json --units 0..3
expect_error "cannot be read" "$acceptlab" predictor train --personas no.csv --out x.json
sed 's/"width": 1.0/"width": 2.0/' p.json >damaged.json
expect_error "is damaged" "$acceptlab" predictor predict damaged.json --profile b.json
expect_error "format" "$acceptlab" predictor predict b.json --profile b.json
expect_error "8 folds need at least 16 personas, the table has 6" "$acceptlab" predictor evaluate --personas t.csv
"$acceptlab" predictor evaluate --personas t.csv --repeat t.csv --folds 2 --cases 4 --no-network \
  --out evaluated --json >evaluate.json 2>/dev/null ||
  fail "evaluate fails"
cmp evaluate.json evaluated/evaluation.json || fail "evaluate writes other than it prints"
check "j['accuracy'][-1]['group'] == 'repeated' and j['accuracy'][-1]['mean']['mape_percent'] == 0" evaluate.json
check "len(j['regret']) == 8 and j['regret'][-1]['worst'] == 1" evaluate.json
[[ $(wc -l <evaluated/regret.csv) -eq 9 ]] || fail "regret.csv: $(cat evaluated/regret.csv)"

# A run that plans with the predictor, and learns from what the devices report.
cat >run.toml <<'TOML'
method = "accept-no-codec"
[model]
name = "cnn"
[data]
train_samples = 256
test_samples = 64
[training]
epochs = 1
batch_samples = 4
evaluate = false
[partition]
predictor = "p.json"
[cost]
source = "profile"
profile = "b.json"
numerics = false
[network]
model = "message"
bandwidth_mbit_s = 1000
[[devices]]
name = "central"
[[devices]]
name = "worker"
slowdown = 2
TOML
"$acceptlab" run run.toml --out run >/dev/null 2>run.err || fail "run: $(cat run.err)"
check "len(j['stages']) == 2 and all(abs(s['predicted_ms'] / s['compute_ms'] - 1) < 0.03 for s in j['stages'])" run/summary.json
sed 's/"batch_samples": 4/"batch_samples": 8/' b.json >b8.json
expect_error "is a predictor of cnn of 5 units, width 1, batch 4" "$acceptlab" run run.toml --out other \
  --set training.batch_samples=8 --set cost.profile=b8.json
echo passed
