"""Draws the paper's figures of the committed results, and holds what they state against the data.

Usage: paper_figures_test.py SOURCE_DIR; exits 77 (skipped) without matplotlib.
"""

import csv
import json
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

try:
    import matplotlib  # noqa: F401
except ImportError:
    print("skipped: this python3 has no matplotlib (Debian: python3-matplotlib)")
    sys.exit(77)

SOURCE = pathlib.Path(sys.argv[1])
RESULTS = SOURCE / "results" / "paper"

sys.path.insert(0, str(SOURCE / "plots"))
import paper_bits  # noqa: E402  (found only now)
import paper_data  # noqa: E402
import paper_figures  # noqa: E402
import paper_learning  # noqa: E402
import reading  # noqa: E402


def texts_of(svg):
    """The texts of a figure; matplotlib writes each as a comment beside its outline."""
    return [part.split("-->")[0].strip() for part in svg.read_text().split("<!--")[1:]]


def write_csv(path, columns, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([columns, *rows])


class SmallData(unittest.TestCase):
    """A figure with the data of a few points."""

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name) / "small"

    def describe(self, name, steps, quick=False):
        self.folder.mkdir(exist_ok=True)
        (self.folder / "figure.json").write_text(json.dumps(
            {"name": name, "title": "Small", "quick": quick,
             "steps": [{"name": s, "there": True, "note": ""} for s in steps]}))
        return paper_data.Figure(self.folder)


class SmallFigure(SmallData):
    def bandwidth(self, quick=False):
        write_csv(self.folder / "two" / "sweep.csv",
                  ["point", "status", "method", "bandwidth_mbit_s", "time_per_batch_ms"],
                  [[1, "ok", "single", 10, 400], [2, "ok", "ftpipehd", 10, 200],
                   [3, "ok", "accept", 10, 80], [4, "failed: x", "accept", 20, ""]])
        return self.describe("bandwidth", ["two"], quick)

    def draw(self):
        out = pathlib.Path(self.temporary.name) / "plots"
        files, _ = paper_figures.draw(self.folder, out)
        self.assertTrue(all(path.stat().st_size > 0 for path in files))
        return texts_of(out / "bandwidth.svg")

    def test_the_largest_factor_is_that_of_the_data(self):
        self.bandwidth()
        note = [t for t in self.draw() if "largest factor" in t]
        self.assertEqual(len(note), 1)
        self.assertIn("2.50 at 10 Mbit/s, two", note[0])

    def test_the_papers_claim_is_marked_as_the_papers(self):
        self.bandwidth()
        self.assertTrue(any("the paper's claim, not ours" in t for t in self.draw()))

    def test_a_quick_figure_says_so(self):
        self.bandwidth(quick=True)
        self.assertTrue(any("quick" in t for t in self.draw()))
        self.bandwidth()
        self.assertFalse(any("quick" in t for t in self.draw()))

    def test_a_figure_that_nobody_can_draw_is_refused(self):
        self.describe("unheard_of", [])
        with self.assertRaisesRegex(reading.BadFolder, "unheard_of"):
            paper_figures.draw(self.folder, self.folder)

    def race(self, accept):
        rows, epochs = [], []
        runs = [("ftpipehd", [70, 80, 81], 100), ("accept", accept, 10)]
        for point, (method, accuracies, seconds) in enumerate(runs, start=1):
            rows.append([point, "ok", method, 20])
            epochs += [[point, seconds, accuracy] for accuracy in accuracies]
        write_csv(self.folder / "vit" / "sweep.csv",
                  ["point", "status", "method", "bandwidth_mbit_s"], rows)
        write_csv(self.folder / "vit" / "epochs.csv",
                  ["point", "train_s", "test_accuracy_percent"], epochs)
        return paper_learning.races_of(self.describe("time_to_accuracy", ["vit"]), "vit")[0]

    def test_the_factor_is_of_the_times_to_what_ftpipehd_ends_with_less_half_a_point(self):
        race = self.race([60, 80.4, 80.6])
        self.assertEqual(race.target(), 80.5)
        self.assertAlmostEqual(race.factor(), 300 / 30)
        self.assertAlmostEqual(race.speed(), 100 / 10)

    def test_there_is_no_factor_where_the_accuracy_is_not_reached(self):
        self.assertIsNone(self.race([60, 70, 80.4]).factor())


class Cheapest(unittest.TestCase):
    def test_has_the_fewest_bits_within_half_a_point(self):
        finals = {setting: paper_data.Spread([accuracy]) for setting, accuracy in {
            ("none", "none"): 88.0, ("mbq8", "suq4"): 87.9, ("mbq4", "suq8"): 87.6,
            ("mbq6", "suq6"): 87.55, ("mbq2", "suq4"): 87.4}.items()}
        # Twelve bits each; the one whose larger direction has the fewest.
        self.assertEqual(paper_learning.cheapest(finals), ("mbq6", "suq6"))


class Bits(SmallData):
    """Codecs chosen for each cut, on links that change once."""

    def test_a_plan_tells_the_bits_of_each_cut_and_direction(self):
        self.assertEqual(paper_bits.cuts_of("0:1..4 (mbq2/suq4) 1:5..11 (fp16) 2:12..20"),
                         [(2, 4), (16, 16)])
        self.assertEqual(paper_bits.cuts_of("0:1..4 1:5..20"), [(32, 32)])
        self.assertEqual(paper_bits.cuts_of("0:1..20"), [])

    def changing(self, changes):
        choices = [(["none"], ["none"]), (["none", "mbq4"], ["none", "suq4"])]
        write_csv(self.folder / "changing" / "sweep.csv",
                  ["point", "status", "codec.forward_choices", "codec.backward_choices",
                   "network.steps", "time_per_batch_ms", "activation_bits_per_value",
                   "gradient_bits_per_value", "train_s"],
                  [[p, "ok", json.dumps(f), json.dumps(b), "[[0, 100], [50, 2]]", 300 - 50 * p,
                    32 / p, 32 / p, 100] for p, (f, b) in enumerate(choices, start=1)])
        write_csv(self.folder / "changing" / "repartitions.csv",
                  ["point", "start_ms", "plan_before", "plan_after"], changes)
        return self.describe("adaptive_bits", ["changing"])

    def test_the_choice_is_drawn_over_time(self):
        self.changing([[2, 60000, "0:1..4 (none) 1:5..20", "0:1..4 (mbq4/suq4) 1:5..20"]])
        out = pathlib.Path(self.temporary.name) / "plots"
        paper_figures.draw(self.folder, out)
        texts = texts_of(out / "adaptive_bits.svg")
        for text in ("chosen per cut", "100 Mbit/s", "2 Mbit/s", "cut 1", "200 ms"):
            self.assertIn(text, texts)

    def test_a_run_that_never_changes_its_codecs_is_refused(self):
        self.changing([])
        with self.assertRaisesRegex(reading.BadFolder, "no codec was ever changed"):
            paper_figures.draw(self.folder, self.folder)


class Committed(unittest.TestCase):
    def test_results_draw_every_figure_that_has_data(self):
        with tempfile.TemporaryDirectory() as out:
            files, _ = paper_figures.draw(RESULTS, pathlib.Path(out))
            names = {path.stem for path in files}
            for folder in paper_figures.folders_of(RESULTS):
                figure = paper_data.Figure(folder)
                self.assertFalse(figure.quick, f"{folder} is of --quick")
                if figure.steps:
                    self.assertIn(figure.name, names)

    def test_every_picture_of_a_quick_run_says_so(self):
        with tempfile.TemporaryDirectory() as out:
            for folder in paper_figures.folders_of(RESULTS):
                figure = paper_data.Figure(folder)
                figure.quick = True
                for path in paper_figures.DRAWERS[figure.name](figure, pathlib.Path(out)):
                    if path.suffix == ".svg":
                        self.assertTrue(any("quick" in text for text in texts_of(path)), path)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
