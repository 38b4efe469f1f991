#!/usr/bin/env bash
# The command as a user runs it. usage: command_test.sh ACCEPTLAB
set -euo pipefail
acceptlab=$(realpath -- "$1")
# shellcheck source=tests/app/command_helpers.sh
source "$(dirname -- "$(realpath -- "$0")")/command_helpers.sh"

cat >base.toml <<'TOML'
name = "test"
seed = 3
[model]
name = "cnn"
[data]
set = "synthetic"
train_samples = 64
test_samples = 20
[training]
epochs = 3
batch_samples = 8
checkpoint_every_epochs = 1
[partition]
solver = "even"  # not by measured times: another cut is another training
[network]
bandwidth_mbit_s = 20
[[devices]]
[[devices]]
[[devices]]
slowdown = 2
[results]
warmup_batches = 2
TOML

echo "--- help and version"
says sweep "$acceptlab" --help
says "acceptlab 0" "$acceptlab" --version
for command in init run sweep merge show plot report profile schema; do
  says Usage "$acceptlab" "$command" --help
done
says network.bandwidth_mbit_s "$acceptlab" schema
expect_error 'subcommand' "$acceptlab"

echo "--- init writes a scenario that runs as it is, and overwrites nothing"
says 'acceptlab run first.toml' "$acceptlab" init first.toml
cp first.toml kept.toml
expect_error 'first.toml: exists' "$acceptlab" init first.toml
echo '# mine' >>first.toml
"$acceptlab" init first.toml --force >/dev/null
cmp first.toml kept.toml
says 'time per batch' "$acceptlab" run first.toml --set data.set=synthetic --out first
says 'stage' "$acceptlab" plan first.toml --profile first/profile.json
expect_error 'nowhere' "$acceptlab" init nowhere/first.toml

echo "--- a run leaves every file, and says that its data are synthetic"
"$acceptlab" run base.toml --out whole >whole.txt 2>/dev/null
for file in scenario.resolved.toml manifest.json batches.csv links.csv epochs.csv \
  repartitions.csv summary.json timeline.json profile.json; do
  [[ -s whole/$file ]] || fail "no $file"
done
grep -qi synthetic whole.txt || fail "synthetic data are not mentioned"
says bottleneck "$acceptlab" show whole
says whole/report.html "$acceptlab" report whole
grep -q '"kind":"timeline"' whole/report.html || fail "the report has no timeline"
expect_error 'whole' "$acceptlab" run base.toml --out whole
[[ ! -e whole.partial ]] || fail "a refused run left a folder"

echo "--- a resumed run continues bit for bit"
"$acceptlab" run base.toml --out resumed --resume whole/checkpoints/epoch_1.ckpt >/dev/null 2>&1
cmp whole/checkpoints/epoch_3.ckpt resumed/checkpoints/epoch_3.ckpt
losses() { cut -d, -f1,8- "$1/epochs.csv" | tail -n 2; }
[[ $(losses whole) == "$(losses resumed)" ]] || fail "other losses after resuming"
expect_error 'epochs' "$acceptlab" run base.toml --out no --resume whole/checkpoints/epoch_3.ckpt
expect_error 'epoch_9.ckpt' "$acceptlab" run base.toml --out whole --force \
  --resume whole/checkpoints/epoch_9.ckpt
[[ -d whole ]] || fail "--force removed results although the run could not start"
head -c 1000 whole/checkpoints/epoch_1.ckpt >broken.ckpt
expect_error 'broken.ckpt' "$acceptlab" run base.toml --out no --resume broken.ckpt

echo "--- with recorded costs two runs are byte-identical, without tensors too"
"$acceptlab" profile --model cnn --batch 8 --units --repetitions 2 --out cnn.json >/dev/null 2>&1
recorded=(--set cost.source=profile --set cost.profile=cnn.json)
for numerics in true false; do
  for model in packet message; do
    for run in 1 2; do
      "$acceptlab" run base.toml "${recorded[@]}" --set cost.numerics=$numerics \
        --set network.model=$model --set training.checkpoint_every_epochs=0 \
        --out "$numerics.$model.$run" >/dev/null 2>&1
    done
    for file in batches epochs links progress; do
      cmp "$numerics.$model.1/$file.csv" "$numerics.$model.2/$file.csv"
    done
    cmp "$numerics.$model.1/timeline.json" "$numerics.$model.2/timeline.json"
  done
done

echo "--- numerics do not change recorded times"
times() { cut -d, -f1-11 "$1/batches.csv"; }
[[ $(times true.packet.1) == "$(times false.packet.1)" ]] || fail "times differ without numerics"

echo "--- codecs: feedback changes what is learnt, options what is sent"
cat base.toml - >coded.toml <<'TOML'
[codec]
forward = "uniform4"
backward = "suq4"
TOML
sed -i 's/^epochs = 3/&\nlearning_rate = 0.01/' coded.toml
coded() { # coded NAME KEY=VALUE...: a run of three stages with codecs
  local name=$1 keys=() key
  shift
  for key in "$@"; do keys+=(--set "$key"); done
  "$acceptlab" run coded.toml "${keys[@]}" --out "$name" >/dev/null 2>"$name.err" ||
    fail "$name: $(tail -n 1 "$name.err")"
}
sent() { grep -m 1 "\"$2_bytes\"" "$1/summary.json" | tr -dc '0-9'; }
differ() { if [[ $1 == "$2" ]]; then fail "$3"; fi; }
coded plain
coded again
[[ $(losses plain) == "$(losses again)" ]] || fail "equal runs learn differently"
coded delta codec.activation_feedback=delta
differ "$(losses plain)" "$(losses delta)" "deltas change nothing"
[[ $(sent plain activation) == "$(sent delta activation)" ]] || fail "deltas have another size"
coded error codec.gradient_feedback=error
differ "$(losses plain)" "$(losses error)" "error feedback changes nothing"
coded groups codec.group_values=64
differ "$(sent plain gradient)" "$(sent groups gradient)" "smaller groups cost nothing"
coded zstd codec.forward=uniform4-zstd
[[ $(losses plain) == "$(losses zstd)" ]] || fail "zstd changes what is learnt"
(($(sent zstd activation) < $(sent plain activation))) || fail "zstd saves nothing"
coded fast codec.forward=uniform4-zstd network.bandwidth_mbit_s=10000 network.delay_ms=0
(($(sent zstd activation) < $(sent fast activation))) || fail "zstd is used where it does not pay"

echo "--- what feedback keeps is told"
[[ $(sent plain codec_memory) == 0 ]] || fail "codecs without feedback keep something"
(($(sent delta codec_memory) > 0)) || fail "deltas keep nothing"
grep -q '^codec memory: .* MB of feedback' delta.err || fail "memory is not told at the start"
says 'codec memory' "$acceptlab" show delta
expect_error 'codec.delta_memory_mb allows 1.00' "$acceptlab" run coded.toml "${recorded[@]}" \
  --set cost.numerics=false --set data.train_samples=60000 --out no \
  --set codec.activation_feedback=delta --set codec.delta_memory_mb=1

echo "--- error feedback ends with an epoch, deltas cannot be resumed"
"$acceptlab" run coded.toml --set codec.gradient_feedback=error --out error_resumed \
  --resume error/checkpoints/epoch_1.ckpt >/dev/null 2>&1
cmp error/checkpoints/epoch_3.ckpt error_resumed/checkpoints/epoch_3.ckpt
expect_error 'cannot be resumed with codec.activation_feedback = "delta"' "$acceptlab" run \
  coded.toml --set codec.activation_feedback=delta --out no \
  --resume delta/checkpoints/epoch_1.ckpt

echo "--- with recorded costs feedback takes its time, with numerics and without"
for numerics in true false; do
  coded "cost.$numerics" cost.source=profile cost.profile=cnn.json cost.numerics=$numerics \
    codec.activation_feedback=delta codec.gradient_feedback=error \
    training.checkpoint_every_epochs=0
done
[[ $(times cost.true) == "$(times cost.false)" ]] || fail "times differ without numerics"
coded cost.plain cost.source=profile cost.profile=cnn.json cost.numerics=false \
  training.checkpoint_every_epochs=0
differ "$(times cost.plain)" "$(times cost.false)" "feedback takes no time"
expect_error "has no times for codec 'uniform5-clip'" "$acceptlab" run coded.toml \
  "${recorded[@]}" --set codec.forward=uniform5-clip --out no

echo "--- what changes in the scenario changes the result"
"$acceptlab" run base.toml "${recorded[@]}" --set cost.numerics=false \
  --set training.checkpoint_every_epochs=0 --set network.bandwidth_mbit_s=1 \
  --set partition.solver=even --out slow >/dev/null 2>&1
batch_ms() { grep '"time_per_batch_ms"' "$1/summary.json" | tr -dc '0-9.'; }
awk "BEGIN { exit !($(batch_ms slow) > 2 * $(batch_ms false.packet.1)) }" ||
  fail "a slow link does not slow the run: $(batch_ms slow) against $(batch_ms false.packet.1) ms"

echo "--- a run that adapts moves units, tells it, and is resumed with the plan in force"
cat base.toml - >adapt.toml <<'TOML'
[adaptation]
enabled = true
replan_at_batches = [20]
TOML
# Computing takes longer than sending, so two devices train; the second becomes slow, the third joins.
sed -i 's/^solver = .*/times = "capacity"/; s/^bandwidth_mbit_s = .*/bandwidth_mbit_s = 1000/
  s/^train_samples = .*/train_samples = 320/; s/^warmup_batches = .*/warmup_batches = 4/
  /^\[\[devices\]\]/d; /^slowdown = /d' adapt.toml
cat >>adapt.toml <<'TOML'
[[devices]]
slowdown = 30
[[devices]]
slowdown = 30
slowdown_steps = [[0.05, 20]]
[[devices]]
slowdown = 30
TOML
# Made-up times: where units go must not depend on how busy this machine is.
/usr/bin/python3 - <<'PYTHON'
import json

profile = json.load(open("cnn.json"))
for unit, ms in zip(profile["units"], [0.6, 0.4, 0.3, 0.2, 0.1]):
    unit.update(forward_ms=ms, backward_ms=1.5 * ms, update_ms=0.02)
for codec in profile["codecs"].values():
    codec.update(encode_ns_per_value=1.0, decode_ns_per_value=1.0)
json.dump(profile, open("made_up.json", "w"))
PYTHON
adapt() { # adapt NAME ARGUMENT...: a run with those costs
  local name=$1
  shift
  "$acceptlab" run adapt.toml --set cost.source=profile --set cost.profile=made_up.json --out "$name" "$@" >"$name.txt" 2>"$name.err" ||
    fail "$name: $(tail -n 1 "$name.err")"
}
moves() { tail -n +2 "$1/repartitions.csv"; }
adapt adapted
adapt adapted2
[[ $(moves adapted | wc -l) == 1 ]] || fail "moves: $(moves adapted)"
grep -q '^Repartitions' adapted.txt || fail "the move is not shown"
for file in batches.csv repartitions.csv links.csv timeline.json summary.json; do
  cmp "adapted/$file" "adapted2/$file"
done
adapt sized --set cost.numerics=false --set training.checkpoint_every_epochs=0
cmp adapted/repartitions.csv sized/repartitions.csv
[[ $(times adapted) == "$(times sized)" ]] || fail "times of a move differ without numerics"
adapt adapted_resumed --resume adapted/checkpoints/epoch_1.ckpt
cmp adapted/checkpoints/epoch_3.ckpt adapted_resumed/checkpoints/epoch_3.ckpt
[[ -z $(moves adapted_resumed) ]] || fail "a resumed run moved: $(moves adapted_resumed)"
adapt steady --set adaptation.enabled=false
[[ -z $(moves steady) ]] || fail "units moved without adaptation"
awk "BEGIN { exit !($(batch_ms adapted) < $(batch_ms steady)) }" ||
  fail "adapting costs: $(batch_ms adapted) against $(batch_ms steady) ms"
"$acceptlab" plot adapted --out adapted_figures >/dev/null 2>&1 || fail "a changing plan has no plot"
expect_error 'partition.predictor' "$acceptlab" run base.toml --set method=accept \
  --set partition.solver=dp
expect_error 'cnn.json: format' "$acceptlab" run adapt.toml \
  "${recorded[@]}" --set partition.times=predictor --set partition.predictor=cnn.json

echo "--- a sweep keeps finished points and redoes none"
cat base.toml - >sweep.toml <<'TOML'
[cost]
source = "profile"
profile = "cnn.json"
numerics = false
[sweep]
method = ["single", "even", "ftpipehd+codec"]
"network.bandwidth_mbit_s" = { start = 1, stop = 100, steps = 3, scale = "log" }
TOML
# Recorded times cut alike every time, so the methods may.
sed -i 's/checkpoint_every_epochs = 1/checkpoint_every_epochs = 0/; /^solver = /d' sweep.toml
"$acceptlab" sweep sweep.toml --out grid --jobs 2 >/dev/null 2>progress.txt
[[ $(wc -l <grid/sweep.csv) -eq 10 ]] || fail "sweep.csv has $(wc -l <grid/sweep.csv) lines, not 10"
grep -q '9/9 points' progress.txt || fail "no progress"
first=$(find grid/points -maxdepth 1 -name '0001_*')
last=$(find grid/points -maxdepth 1 -name '0009_*')
cp grid/sweep.csv before.csv
stamp=$(stat -c %Y.%i "$first/manifest.json")
rm -r "$last"
mkdir "$last.partial" # as a killed process leaves it
"$acceptlab" sweep sweep.toml --out grid --jobs 2 >/dev/null 2>&1
[[ -d $last && ! -e $last.partial ]] || fail "the missing point was not redone"
[[ $(stat -c %Y.%i "$first/manifest.json") == "$stamp" ]] || fail "a finished point was redone"
cmp before.csv grid/sweep.csv
expect_error 'another scenario' "$acceptlab" sweep sweep.toml --out grid --set seed=4
says ftpipehd+codec "$acceptlab" show grid

echo "--- an interrupted sweep goes on where it was"
"$acceptlab" sweep sweep.toml --out cut --jobs 1 >/dev/null 2>&1 &
sweep=$!
until compgen -G 'cut/points/0002_*' >/dev/null || ! kill -0 "$sweep" 2>/dev/null; do :; done
kill -INT "$sweep" 2>/dev/null || true
wait "$sweep" || true
"$acceptlab" sweep sweep.toml --out cut --jobs 2 >/dev/null 2>&1
cmp before.csv cut/sweep.csv

echo "--- a point that fails is named, and the others are done"
expect_error 'FAILED' "$acceptlab" sweep sweep.toml --out part --jobs 2 \
  --set cost.numerics=true --set 'sweep.training.learning_rate=[0.01, 100]' \
  --set 'sweep.method=["single"]' --set network.bandwidth_mbit_s=10
grep -c ',ok,' part/sweep.csv | grep -qx 1 || fail "the good point has no result"

echo "--- wrong input is refused with its place"
expect_error "did you mean 'network.bandwidth_mbit_s'" \
  "$acceptlab" run base.toml --set network.bandwith_mbit_s=1
expect_error "codec \"mbq9\" is unknown; allowed: none, fp16" \
  "$acceptlab" run base.toml --set codec.forward=mbq9
printf 'devcies = 3\n' | cat - base.toml >typo.toml
expect_error "typo.toml:1: key 'devcies' is unknown" "$acceptlab" run typo.toml
expect_error "-5" "$acceptlab" run base.toml --set network.bandwidth_mbit_s=-5
expect_error "network.delay_ms" "$acceptlab" run base.toml --set network.delay_ms=soon
expect_error "missing.toml" "$acceptlab" run missing.toml
expect_error "nowhere" "$acceptlab" run base.toml --set data.set=idx --set data.directory=nowhere
expect_error "units" "$acceptlab" run base.toml --set partition.solver=even \
  --set 'devices=[{}, {}, {}, {}, {}, {}, {}, {}, {}]'
: >empty.toml
expect_error "empty" "$acceptlab" show empty.toml
expect_error "empty" "$acceptlab" plot empty.toml
expect_error "empty" "$acceptlab" report empty.toml
printf '{' >bad.json
expect_error "bad.json" "$acceptlab" run base.toml --set cost.source=profile \
  --set cost.profile=bad.json
expect_error "batch" "$acceptlab" run base.toml "${recorded[@]}" --set training.batch_samples=16
# Of a failed point what it has recorded is kept; nothing else.
left=$(find . -name '*.partial' -not -path './part/*')
[[ -z $left ]] || fail "left behind: $left"
echo "all passed"
