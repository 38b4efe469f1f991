"""Draws sample results that the results library itself wrote, and checks the figures.

Usage: plot_test.py WRITE_SAMPLE_RESULTS PLOT_PY; exits 77 (skipped) without matplotlib.
"""

import contextlib
import csv
import io
import itertools
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

try:
    import matplotlib  # noqa: F401
except ImportError:
    print("skipped: this python3 has no matplotlib (Debian: python3-matplotlib)")
    sys.exit(77)

WRITER, PLOT = sys.argv[1:3]
METHODS = ("single", "even", "pipedream", "ftpipehd", "ftpipehd+codec")


sys.path.insert(0, str(pathlib.Path(PLOT).parent))
import curves  # noqa: E402  (found only now)
import plot as plot_command  # noqa: E402
import reading  # noqa: E402


def plot(*arguments):
    """Runs plot.py's main here (loading matplotlib takes a second): (status, stderr)."""
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
        status = plot_command.main([str(a) for a in arguments])
    return status, errors.getvalue()


def texts_of(svg):
    """The texts of a figure; matplotlib writes each as a comment beside its outline."""
    content = pathlib.Path(svg).read_text(encoding="utf-8")
    return [part.split("-->")[0].strip() for part in content.split("<!--")[1:]]


def clear(table, columns):
    """Empties columns of a CSV file, as where nothing was computed."""
    with open(table, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with open(table, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows({k: "" if k in columns else v for k, v in row.items()} for row in rows)


class PlotTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="acceptlab_plot_test_"))
        subprocess.run([WRITER, str(cls.folder)], check=True)
        cls.drawn = {}
        for kind in ("run", "sweep"):
            cls.drawn[kind] = plot(cls.folder / kind, "--out", cls.folder / f"{kind}_plots")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def test_run_gives_timeline_and_learning_as_svg_and_png(self):
        self.assertEqual(self.drawn["run"], (0, ""))
        names = sorted(p.name for p in (self.folder / "run_plots").iterdir())
        self.assertEqual(names, ["learning.png", "learning.svg", "timeline.png", "timeline.svg"])
        for path in (self.folder / "run_plots").glob("*.png"):
            self.assertEqual(path.read_bytes()[:8], b"\x89PNG\r\n\x1a\n")

    def test_sweep_gives_times_speedups_and_learning(self):
        self.assertEqual(self.drawn["sweep"], (0, ""))
        names = sorted(p.name for p in (self.folder / "sweep_plots").glob("*.svg"))
        self.assertEqual(names, ["learning.svg", "speedup.svg", "time_per_batch.svg"])

    def test_every_method_is_in_the_legend_and_axes_have_units(self):
        texts = texts_of(self.folder / "sweep_plots" / "time_per_batch.svg")
        for text in METHODS + ("Bandwidth of the links, Mbit/s", "Time per mini-batch, ms"):
            self.assertIn(text, texts)

    def test_timeline_has_a_row_per_device_and_link_direction(self):
        texts = texts_of(self.folder / "run_plots" / "timeline.svg")
        for row in ("device 0 (board 0)", "device 2 (board 2)", "link 0 \u2192 1", "link 2 \u2192 1"):
            self.assertIn(row, texts)
        for kind in ("forward", "backward", "codec", "activation", "gradient"):
            self.assertIn(kind, texts)

    def test_synthetic_data_is_named_in_the_figure(self):
        for svg in ("run_plots/learning.svg", "sweep_plots/learning.svg"):
            self.assertTrue(any("synthetic" in t for t in texts_of(self.folder / svg)), svg)

    def test_svg_is_the_same_bytes_each_time_and_has_no_date(self):
        again = self.folder / "again"
        self.assertEqual(plot(self.folder / "run", "--out", again)[0], 0)
        for name in ("timeline.svg", "learning.svg"):
            first = (self.folder / "run_plots" / name).read_bytes()
            self.assertEqual(first, (again / name).read_bytes())
            self.assertNotIn(b"dc:date", first)

    def test_unfinished_run_is_drawn_with_a_note_as_far_as_asked(self):
        partial = self.folder / "killed.partial"
        shutil.copytree(self.folder / "run", partial)
        (partial / "summary.json").unlink()
        trace = (partial / "timeline.json").read_text()
        (partial / "timeline.json").write_text(trace.rstrip("]\n"))
        with self.assertRaises(ValueError):
            json.loads((partial / "timeline.json").read_text())
        status, errors = plot(partial, "--batches", 2)
        self.assertEqual(status, 0, errors)
        self.assertIn("has not finished", errors)
        self.assertIn("Timeline of the first 2 mini-batches (numbers: mini-batch)",
                      texts_of(partial / "plots" / "timeline.svg"))

    def test_one_bandwidth_gives_bars_without_the_failed_points(self):
        sweep = self.folder / "holes"
        sweep.mkdir()
        lines = (self.folder / "sweep" / "sweep.csv").read_text().splitlines()
        chosen = [line for line in lines if ",ok,100," in line]
        chosen[0] = chosen[0].replace(",ok,", ",failed: lost a link,")
        (sweep / "sweep.csv").write_text("\n".join([lines[0], *chosen]) + "\n")
        status, errors = plot(sweep)
        self.assertEqual(status, 0, errors)
        self.assertIn("failed points not drawn: 1", errors)
        texts = texts_of(sweep / "plots" / "time_per_batch.svg")
        self.assertIn("even", texts)
        self.assertNotIn("single", texts)

    def test_learning_shows_each_mini_batch_and_names_the_mean(self):
        texts = texts_of(self.folder / "sweep_plots" / "learning.svg")
        for text in METHODS + ("Train loss, nats", "(mean of last 8 mini-batches)",
                               "Test accuracy, %", "Virtual time, s"):
            self.assertIn(text, texts)
        point = reading.Sweep(self.folder / "sweep").points[0]
        losses = reading.read_csv(point.run / "progress.csv")
        curve = curves.train_loss(point)
        self.assertEqual(len(curve), len(losses))
        self.assertAlmostEqual(curve[9][0], float(losses[9]["finished_ms"]) / 1e3)
        self.assertAlmostEqual(curve[9][1], sum(float(r["loss_nats"]) for r in losses[2:10]) / 8)

    def test_trailing_mean_takes_fewer_at_the_start(self):
        self.assertEqual(curves.trailing_mean([4, 2, 6, 1, 2], 3), [4, 3, 4, 3, 3])
        self.assertEqual(curves.trailing_mean([]), [])

    def test_learning_without_tests_has_no_accuracy_and_without_losses_is_left_out(self):
        sweep = self.folder / "untested"
        shutil.copytree(self.folder / "sweep", sweep)
        for table in sweep.glob("points/*/epochs.csv"):
            clear(table, ("test_loss_nats", "test_accuracy_percent"))
        self.assertEqual(plot(sweep), (0, ""))
        texts = texts_of(sweep / "plots" / "learning.svg")
        self.assertIn("Train loss, nats", texts)
        self.assertNotIn("Test accuracy, %", texts)
        for table in sweep.glob("points/*/progress.csv"):
            clear(table, ("loss_nats", "accuracy_percent"))
        status, errors = plot(sweep, "--out", self.folder / "no_losses")
        self.assertEqual(status, 0, errors)
        self.assertIn("no learning curves", errors)
        self.assertFalse((self.folder / "no_losses" / "learning.svg").exists())

    def write_quality(self, name, directions):
        folder = self.folder / name
        folder.mkdir()
        rows = ["# tensors: a model, mini-batch 7", "# more, on where it comes from",
                "cut_after_unit,direction,codec,bits_per_value,snr_db"]
        rows += [f"{cut},{direction},{codec}{bits},{bits + 0.1},{6 * bits + cut}"
                 for cut in (1, 2, 5) for direction in directions
                 for codec in ("uniform", "mbq") for bits in (2, 4)]
        rows += [f"1,{direction},none-zstd,20,inf" for direction in directions]
        (folder / "codec_quality.csv").write_text("\n".join(rows) + "\n")
        return folder

    def test_codec_quality_gives_a_panel_per_direction_with_the_median_over_cuts(self):
        folder = self.write_quality("quality", ("activation", "gradient"))
        self.assertEqual(plot(folder), (0, ""))
        texts = texts_of(folder / "plots" / "codec_quality.svg")
        for text in ("Activations, 3 cuts", "Gradients, 3 cuts", "uniform", "mbq",
                     "acceptlab; a model, mini-batch 7"):
            self.assertIn(text, texts)
        self.assertNotIn("suq", texts)
        path = folder / "codec_quality.csv"
        families = curves.codec_families(reading.read_csv(path), path)
        self.assertEqual(families["mbq"], [(2.1, 14), (4.1, 26)])

    def test_codec_quality_of_one_direction_is_refused(self):
        folder = self.write_quality("half_quality", ("activation",))
        self.assert_refused(folder, "holds no row with direction gradient")

    def write_fidelity(self, name, carried="yes", components=True):
        """Two cuts at two bandwidths, 2 % off each."""
        folder = self.folder / name
        folder.mkdir()
        rows = ["point,status,cut,codec,bandwidth_model,bandwidth_mbit_s,carried,"
                "real_ms_per_batch,emulated_ms_per_batch,error_percent"]
        parts = ["point,part,quantity,difference_percent_of_batch"]
        for number, (cut, rate) in enumerate(itertools.product(("4 9", "6 12"), (2, 20)), 1):
            real = 1000 / rate
            rows.append(f"{number},ok,{cut},mbq4/suq4,constant,{rate},{carried},{real},"
                        f"{real * 1.02},2.0")
            parts += [f"{number},stage 0,busy,{number / 10}", f"{number},cut 0|1,transfer,-1"]
        rows.append("5,failed: lost a worker,,none/none,constant,2,yes,,,")
        (folder / "fidelity.csv").write_text("\n".join(rows) + "\n")
        (folder / "fidelity_components.csv").write_text(
            "\n".join(parts if components else parts[:1]) + "\n")
        return folder

    def test_fidelity_gives_errors_and_their_components(self):
        folder = self.write_fidelity("fidelity")
        status, errors = plot(folder)
        self.assertEqual(status, 0, errors)
        self.assertIn("points not drawn (unfinished, or not carried by the host): 1", errors)
        texts = texts_of(folder / "plots" / "fidelity.svg")
        for text in ("mbq4/suq4, cut 4 9", "mbq4/suq4, cut 6 12",
                     "Emulated time per mini-batch, ms", "Error of the emulated time, %"):
            self.assertIn(text, texts)
        texts = texts_of(folder / "plots" / "fidelity_components.svg")
        for text in ("stage 0: busy", "cut 0|1: transfer"):
            self.assertIn(text, texts)

    def test_fidelity_without_components_is_one_figure(self):
        folder = self.write_fidelity("fidelity_alone", components=False)
        self.assertEqual(plot(folder)[0], 0)
        self.assertFalse((folder / "plots" / "fidelity_components.svg").exists())

    def test_fidelity_of_points_not_carried_is_refused(self):
        self.assert_refused(self.write_fidelity("overcommitted", carried="no"),
                            "no finished point that the host could carry")

    def write_plan(self, name, **changes):
        """Three stages and two links as `acceptlab plan --json` prints them; the second stage is
        the bottleneck."""
        stages = [{"device": device, "first_unit": 2 * s + 1, "last_unit": 2 * s + 2 - s // 2,
                   "compute_us": time, "codec_us": 500.0, "total_us": time + 500.0,
                   "is_bottleneck": s == 1}
                  for s, (device, time) in enumerate([("central", 4e3), ("a" * 40, 7e3),
                                                      ("board", 3e3)])]
        links = [{"codec": codec, "forward_us": 900.0, "backward_us": 1100.0,
                  "transfer_us": 2000.0, "is_bottleneck": False} for codec in ("mbq4", None)]
        plan = {"name": "folder/three.json", "mode": "fixed_all", "objective": "bottleneck",
                "duplex": "half", "micro_batches": 1, "feasible": True, "bottleneck_us": 7500.0,
                "makespan_us": 21000.0, "lower_bound_us": 7500.0, "solver": "dp",
                "stages": stages, "links": links}
        path = self.folder / name
        path.write_text(json.dumps({**plan, **changes}))
        return path

    def test_plan_gives_a_row_per_stage_and_link_with_their_times(self):
        path = self.write_plan("plan.json")
        self.assertEqual(plot(path, "--out", self.folder / "plan_plots"), (0, ""))
        texts = texts_of(self.folder / "plan_plots" / "plan.svg")
        for text in ("three.json: 7.500 ms at the bottleneck", "central: units 1..2",
                     "board: unit 5", "link, mbq4", "link", "7.500", "2.000", "lower bound",
                     "Time per mini-batch, ms"):
            self.assertIn(text, texts)
        self.assertIn("a" * 19 + "\u2026: units 3..4", texts)
        self.assertTrue((self.folder / "plan_plots" / "plan.png").exists())

    def test_plan_of_the_makespan_has_no_line_of_a_bound_of_another_kind(self):
        path = self.write_plan("makespan.json", objective="makespan", micro_batches=4)
        file = self.folder / "makespan.svg"
        self.assertEqual(plot(path, "--picture", file), (0, ""))
        texts = texts_of(file)
        self.assertIn("three.json: 7.500 ms at the bottleneck, makespan 21.000 ms with "
                      "4 micro-batches", texts)
        self.assertNotIn("lower bound", texts)

    def test_a_picture_is_the_same_bytes_again(self):
        path = self.write_plan("again.json")
        for name in ("a.svg", "b.svg"):
            self.assertEqual(plot(path, "--picture", self.folder / name), (0, ""))
        self.assertEqual((self.folder / "a.svg").read_bytes(),
                         (self.folder / "b.svg").read_bytes())

    def test_what_is_no_plan_is_refused(self):
        self.assert_refused(self.write_plan("none.json", feasible=False, reason="no memory"),
                            "there is no feasible plan: no memory")
        damaged = self.write_plan("damaged.json", stages=[{"device": "a"}])
        self.assert_refused(damaged, "the plan has no key")
        damaged.write_text("[]")
        self.assert_refused(damaged, "is not an answer of 'acceptlab plan --json'")
        status, errors = plot(self.write_plan("jpg.json"), "--picture", self.folder / "p.jpg")
        self.assertEqual(status, 1)
        self.assertIn("p.jpg: must end in .svg or .png", errors)

    def assert_refused(self, folder, message):
        status, errors = plot(folder)
        self.assertEqual(status, 1)
        self.assertIn(message, errors)

    def test_command_line_fails_with_a_message_and_no_trace(self):
        result = subprocess.run([sys.executable, PLOT, str(self.folder / "nowhere")], text=True,
                                capture_output=True, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("plot.py:", result.stderr)
        self.assertNotIn("Traceback", result.stderr)

    def test_folder_without_results_is_refused(self):
        (self.folder / "empty").mkdir()
        self.assert_refused(self.folder / "empty", "holds neither a run")
        self.assert_refused(self.folder / "nowhere", "holds neither a run")

    def test_damaged_files_are_refused_by_name(self):
        damaged = self.folder / "damaged"
        damaged.mkdir()
        (damaged / "sweep.csv").write_text("point,run,status\n0,points/0\n")
        self.assert_refused(damaged, "sweep.csv: record 1 has another number of fields")
        (damaged / "sweep.csv").write_text("point,run,status\n0,points/0,ok\n")
        self.assert_refused(damaged, "sweep.csv: has no column 'method'")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
