#!/usr/bin/env bash
# The paper's figures as a user makes them. usage: figures_command_test.sh ACCEPTLAB
set -euo pipefail
ACCEPTLAB=$(realpath -- "$1")
# shellcheck source=tests/app/command_helpers.sh
source "$(dirname -- "$(realpath -- "$0")")/command_helpers.sh"

echo "--- the list, and names that are not on it"
for name in predictor adaptation codec accuracy bandwidth time_to_accuracy architectures variable \
  adaptive_bits fidelity; do
  says "$name" "$ACCEPTLAB" figures --list
done
expect_error "there is no figure 'bandwith'; did you mean 'bandwidth'?" "$ACCEPTLAB" figures bandwith
expect_error "--traces: nowhere is no folder" "$ACCEPTLAB" figures variable --traces nowhere

echo "--- one figure of the paper, quick"
says "plots" "$ACCEPTLAB" figures bandwidth --quick --out quick
for step in three_equal slower_1_2_4 straggler_10 three_profiles six_equal; do
  grep -q ',ok,.*,accept,' "quick/results/bandwidth/$step/sweep.csv" ||
    fail "$step has no point of the method accept"
done
grep -q '"quick": true' quick/results/bandwidth/figure.json || fail "the figure is not marked as quick"
for file in quick/plots/bandwidth.{svg,png}; do [[ -s $file ]] || fail "$file is missing"; done
"$ACCEPTLAB" report quick/results -o report.html >/dev/null || fail "its data make no report"
grep -q 'three_equal' report.html || fail "the report lacks a step"

echo "--- a list of one's own: finished steps are kept, changed ones done again"
cat >s.toml <<'TOML'
name = "small"
[model]
name = "cnn"
[data]
set = "synthetic"
train_samples = 64
[training]
batch_samples = 8
evaluate = false
[cost]
source = "profile"
profile = "cnn.json"
numerics = false
[results]
warmup_batches = 2
[[devices]]
[[devices]]
slowdown = 2
[sweep]
method = ["single", "ftpipehd"]
"network.bandwidth_mbit_s" = [10, 100]
TOML
cat >list.toml <<'TOML'
[[figures]]
name = "bandwidth"
title = "Small"
shows = "Two methods."
[[figures.steps]]
name = "two"
sweep = "s.toml"
tables = ["progress.csv"]
[[figures.steps]]
name = "recorded"
sweep = "s.toml"
set = ["network.bandwidth_model=trace", "network.trace={traces}/t.csv"]
[[figures.steps]]
name = "elsewhere"
folder = "elsewhere"
made_by = "acceptlab validate x.toml"
TOML
"$ACCEPTLAB" profile --model cnn --batch 8 --units --repetitions 2 --out cnn.json >/dev/null 2>&1
figures() { "$ACCEPTLAB" figures --from list.toml --out own "$@"; }
says "two: done" figures
grep -q "recorded: absent: needs recorded traces" out.txt || fail "does not say that traces are absent"
grep -q "elsewhere is not there; .acceptlab validate x.toml. makes it" out.txt ||
  fail "does not say what makes the absent folder"
[[ $(cut -d, -f1 own/results/bandwidth/two/progress.csv | sort -u | wc -l) == 5 ]] ||
  fail "progress.csv is not of four points"
grep -q '"revision"' own/results/bandwidth/two/provenance.json || fail "no revision in provenance.json"
says "two: kept" figures
sed -i 's/\[10, 100\]/[10, 20]/' s.toml
says "two: done" figures
sed -i 's/"ftpipehd"\]/"ftpipehdd"]/' s.toml
expect_error "s.toml" figures

echo "--- what fails is said, and the rest done"
sed -i -e 's/"ftpipehdd"\]/"ftpipehd"]/' -e 's/model = .*//' -e 's/^numerics = false/numerics = true/' \
  -e 's/set = "synthetic"/set = "idx"\ndirectory = "."/' s.toml
expect_error "two: failed" figures
expect_error "two: failed" figures
echo "all passed"
