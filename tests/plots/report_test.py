"""Writes reports of sample results that the results library itself wrote, and checks their data.

Usage: report_test.py WRITE_SAMPLE_RESULTS REPORT_PY REPOSITORY ACCEPTLAB
"""

import contextlib
import csv
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

WRITER, REPORT, REPOSITORY, ACCEPTLAB = sys.argv[1:5]
METHODS = ["single", "even", "pipedream", "ftpipehd", "ftpipehd+codec"]

sys.path.insert(0, str(pathlib.Path(REPORT).parent))
import report as report_command  # noqa: E402  (found only now)
import blocks  # noqa: E402


def report(*arguments):
    """Runs report.py's main here: (status, stderr)."""
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
        status = report_command.main([str(a) for a in arguments])
    return status, errors.getvalue()


def data_of(page):
    """The data that a page holds, found as a browser finds it: up to the first end tag."""
    text = pathlib.Path(page).read_text(encoding="utf-8")
    start = text.index('id="document">') + len('id="document">')
    return json.loads(text[start : text.index("</script", start)])


def blocks_of(section, kind):
    return [block for block in section["blocks"] if block["kind"] == kind]


def titled(section, title):
    return next(block for block in section["blocks"] if block["title"] == title)


class ReportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="acceptlab_report_test_"))
        subprocess.run([WRITER, str(cls.folder)], check=True)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def section_of(self, folder):
        out = self.folder / "page.html"
        self.assertEqual(report(folder, "-o", out), (0, ""))
        sections = data_of(out)["sections"]
        self.assertEqual(len(sections), 1)
        return sections[0]

    def copy(self, name, of="run"):
        target = self.folder / name
        shutil.copytree(self.folder / of, target)
        return target

    def assert_refused(self, folder, *messages):
        out = self.folder / "refused.html"
        status, errors = report(folder, "-o", out)
        self.assertEqual(status, 1)
        for message in messages:
            self.assertIn(message, errors)
        self.assertFalse(out.exists())

    def test_run_shows_every_table_whole(self):
        section = self.section_of(self.folder / "run")
        for name in ("batches.csv", "progress.csv", "epochs.csv", "links.csv"):
            with open(self.folder / "run" / name, newline="", encoding="utf-8") as file:
                header, *rows = csv.reader(file)
            table = titled(section, name)
            self.assertEqual([column["name"] for column in table["columns"]], header)
            self.assertEqual(table["rows"], rows)
            self.assertEqual(table["file"]["href"], f"run/{name}")

    def test_run_has_its_key_figures_with_units(self):
        section = self.section_of(self.folder / "run")
        summary = json.loads((self.folder / "run" / "summary.json").read_text())
        tiles = {tile["label"]: tile for tile in section["tiles"]}
        self.assertEqual(tiles["Time per mini-batch"]["value"], summary["time_per_batch_ms"])
        self.assertEqual(tiles["Time per mini-batch"]["unit"], "ms")
        self.assertEqual(tiles["Bottleneck"]["text"], summary["bottleneck"]["name"])
        self.assertTrue(any("synthetic" in text for text in section["warnings"]))
        stage = titled(section, "Stages, per mini-batch")
        self.assertEqual(len(stage["rows"]), len(summary["stages"]))

    def test_run_charts_say_what_the_files_say(self):
        section = self.section_of(self.folder / "run")
        loss = titled(section, "Loss")
        self.assertEqual((loss["x"]["unit"], loss["y"]["unit"]), ("s", "nats"))
        train = loss["choices"][0]["series"][0]
        with open(self.folder / "run" / "progress.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len(train["points"]), len(rows))
        self.assertAlmostEqual(train["points"][3][0], float(rows[3]["finished_ms"]) / 1e3)
        self.assertAlmostEqual(train["points"][3][1], float(rows[3]["loss_nats"]))
        times = titled(section, "Time per mini-batch during the run")
        points = times["choices"][0]["series"][0]["points"]
        epochs = len({row["epoch"] for row in rows})
        self.assertEqual(len(points), len(rows) - epochs)  # none across the end of an epoch
        bars = titled(section, "Where the time of a mini-batch goes")["choices"][0]
        self.assertEqual(len(bars["categories"]), 3 + 4)
        self.assertTrue(all(len(s["values"]) == 7 for s in bars["series"]))

    def test_timeline_has_every_span_of_the_file_in_the_row_of_its_device_or_link(self):
        events = json.loads((self.folder / "run" / "timeline.json").read_text())
        slices = [event for event in events if event["ph"] == "X"]
        choice = blocks_of(self.section_of(self.folder / "run"), "timeline")[0]["choices"][0]
        self.assertEqual(len(choice["spans"]), len(slices))
        self.assertEqual(choice["rows"][:3], [f"device {d} (board {d})" for d in range(3)])
        self.assertIn("link 0 \u2192 1", choice["rows"])
        self.assertEqual(choice["unit"], "ms")
        event, span = slices[0], choice["spans"][0]
        self.assertAlmostEqual(span[1], event["ts"] / 1e3)
        self.assertAlmostEqual(span[2], event["dur"] / 1e3)
        self.assertEqual(span[4], event["args"]["batch"])
        kinds = [kind["name"] for kind in choice["kinds"]]
        for kind in ("forward", "backward", "codec", "activation", "gradient"):
            self.assertIn(kind, kinds)

    def test_sweep_has_a_line_per_method_with_all_bandwidths(self):
        section = self.section_of(self.folder / "sweep")
        for title, unit in (("Time per mini-batch", "ms"),
                            ("Speed-up over a single device", "\u00d7")):
            chart = titled(section, title)
            self.assertEqual((chart["x"]["unit"], chart["x"]["log"]), ("Mbit/s", True))
            self.assertEqual(chart["y"]["unit"], unit)
            series = chart["choices"][0]["series"]
            self.assertEqual([line["name"] for line in series], METHODS)
            self.assertTrue(all(len(line["points"]) == 10 for line in series))
        self.assertEqual(titled(section, "sweep.csv")["total"], 50)
        accuracy = titled(section, "Test accuracy after each epoch")
        self.assertEqual(len(accuracy["choices"]), 10)
        self.assertEqual(accuracy["choices"][3]["name"], "10 Mbit/s")
        timelines = blocks_of(section, "timeline")[0]["choices"]
        self.assertEqual(len(timelines), 50)
        self.assertTrue(all(span[4] < 8 for span in timelines[7]["spans"]))

    def test_sweep_without_its_points_has_charts_and_table(self):
        section = self.section_of(pathlib.Path(REPOSITORY) / "results" / "paper" / "bandwidth" /
                                  "three_equal")
        kinds = [block["kind"] for block in section["blocks"]]
        self.assertEqual(kinds, ["readme", "facts", "lines", "lines", "table"])
        self.assertIn("sizes only", section["blocks"][1]["rows"][0][1])

    def test_sweep_of_one_bandwidth_has_bars_and_names_what_failed(self):
        sweep = self.folder / "one_bandwidth"
        sweep.mkdir()
        lines = (self.folder / "sweep" / "sweep.csv").read_text().splitlines()
        chosen = [line for line in lines if ",ok,100," in line]
        chosen[0] = chosen[0].replace(",ok,", ",failed: lost a link,")
        (sweep / "sweep.csv").write_text("\n".join([lines[0], *chosen]) + "\n")
        section = self.section_of(sweep)
        bars = blocks_of(section, "bars")[0]["choices"][0]
        self.assertEqual(bars["categories"], [f"{method}, 100 Mbit/s" for method in METHODS[1:]])
        self.assertIn("1 points failed; the table says why.", section["warnings"])

    def test_bars_are_named_by_what_differs(self):
        changing = pathlib.Path(REPOSITORY) / "results" / "paper" / "adaptive_bits" / "changing"
        bars = blocks_of(self.section_of(changing), "bars")[0]["choices"][0]
        self.assertEqual(bars["categories"][:3], ["none, none", "fp16, fp16", "mbq8, suq8"])

    def test_folder_of_results_has_a_section_for_each_folder_with_some(self):
        out = self.folder / "results.html"
        results = pathlib.Path(REPOSITORY) / "results"
        self.assertEqual(report(results, "-o", out), (0, ""))
        sections = {section["title"]: section for section in data_of(out)["sections"]}
        for name in ("codec_quality", "network_models", "paper/bandwidth/three_equal",
                     "personas"):
            self.assertIn(name, sections)
            self.assertEqual(sections[name]["blocks"][0]["kind"], "readme")
        quality = sections["codec_quality"]
        chart = titled(quality, "Signal to noise against bits a value")
        self.assertEqual([c["name"] for c in chart["choices"]], ["activation", "gradient"])
        self.assertEqual(chart["y"]["unit"], "dB")
        networks = titled(sections["network_models"], "packet_vs_message.csv")
        self.assertEqual(networks["plot"]["x"], "rate_mbps")
        self.assertIn("one link, the same rate and delay both ways", networks["note"])

    def test_runs_below_a_folder_are_found_and_points_of_sweeps_are_not(self):
        out = self.folder.parent / (self.folder.name + ".html")
        parent = self.folder / "several"
        shutil.copytree(self.folder / "run", parent / "b" / "run")
        shutil.copytree(self.folder / "sweep", parent / "a")
        self.assertEqual(report(parent, "-o", out), (0, ""))
        sections = data_of(out)["sections"]
        out.unlink()
        self.assertEqual([section["title"] for section in sections], ["a", "b/run"])
        href = titled(sections[1], "epochs.csv")["file"]["href"]
        self.assertEqual(href, f"{self.folder.name}/several/b/run/epochs.csv")

    def test_unknown_columns_and_keys_are_shown(self):
        run = self.copy("unknown")
        summary = json.loads((run / "summary.json").read_text())
        summary["colour_of_the_day_percent"] = 17
        summary["stages"][1]["mood"] = "fair"
        (run / "summary.json").write_text(json.dumps(summary))
        lines = (run / "epochs.csv").read_text().splitlines()
        lines = [lines[0] + ",weather_db"] + [line + ",3.5" for line in lines[1:]]
        (run / "epochs.csv").write_text("\n".join(lines) + "\n")
        section = self.section_of(run)
        figures = titled(section, "All figures of the run")
        self.assertIn(["colour of the day, %", "17"], figures["rows"])
        stages = titled(section, "Stages, per mini-batch")
        self.assertEqual(stages["columns"][-1]["name"], "mood")
        self.assertEqual([row[-1] for row in stages["rows"]], ["", "fair", ""])
        epochs = titled(section, "epochs.csv")
        self.assertEqual(epochs["columns"][-1],
                         {"name": "weather_db", "label": "weather", "unit": "dB"})

    def test_units_come_from_the_end_of_a_name(self):
        for name, expected in (("time_per_batch_ms", ("time per batch", "ms")),
                               ("samples_per_s", ("samples", "per s")),
                               ("network.bandwidth_mbit_s", ("network.bandwidth", "Mbit/s")),
                               ("encode_ns_per_value", ("encode", "ns per value")),
                               ("real_ms_per_batch", ("real", "ms per batch")),
                               ("stages", ("stages", "")), ("_ms", (" ms", ""))):
            self.assertEqual(blocks.label_and_unit(name), expected)

    def test_texts_of_files_cannot_break_out_of_the_page(self):
        evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&<!--"
        run = self.copy("evil <b>&amp; 100%")
        for name in ("manifest.json", "summary.json"):
            content = json.loads((run / name).read_text())
            content["name"] = content["scenario"] = evil
            (run / name).write_text(json.dumps(content))
        out = self.folder / "evil.html"
        self.assertEqual(report(run, "-o", out), (0, ""))
        text = out.read_text(encoding="utf-8")
        for part in ("<script>alert", "<img", "<!--", "<b>&amp; 100%"):
            self.assertNotIn(part, text.split("<script>")[0] + text.split("</script>")[0])
        document = data_of(out)
        self.assertIn(["scenario", evil], document["sections"][0]["blocks"][0]["rows"])
        self.assertIn("<title>evil &lt;b&gt;&amp;amp; 100%</title>", text)
        href = titled(document["sections"][0], "epochs.csv")["file"]["href"]
        self.assertEqual(href, "evil%20%3Cb%3E%26amp%3B%20100%25/epochs.csv")

    def test_page_loads_nothing(self):
        out = self.folder / "closed.html"
        self.assertEqual(report(self.folder / "run", "-o", out), (0, ""))
        text = out.read_text(encoding="utf-8")
        head = text[: text.index("<style>")]
        self.assertRegex(head, r"default-src 'none'; script-src 'sha256-[A-Za-z0-9+/=]{44}'")
        tags = re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", text[: text.index("<script>")])
        self.assertEqual(tags, ['<link rel="icon" href="data:,">',
                                '<script type="application/json" id="document">'])

    def test_page_is_the_same_bytes_each_time_and_lies_in_the_folder_by_default(self):
        run = self.copy("again")
        self.assertEqual(report(run), (0, ""))
        first = (run / "report.html").read_bytes()
        self.assertEqual(report(run), (0, ""))
        self.assertEqual((run / "report.html").read_bytes(), first)
        self.assertFalse((run / "report.html.partial").exists())

    def test_unfinished_run_is_shown_as_far_as_it_came(self):
        run = self.copy("killed.partial")
        manifest = json.loads((run / "manifest.json").read_text())
        manifest["finished"] = False
        (run / "manifest.json").write_text(json.dumps(manifest))
        (run / "summary.json").unlink()
        (run / "links.csv").unlink()
        (run / "repartitions.csv").write_text("")
        trace = (run / "timeline.json").read_text()
        (run / "timeline.json").write_text(trace.rstrip("]\n"))
        progress = (run / "progress.csv").read_text()
        (run / "progress.csv").write_text(progress[:-5])
        section = self.section_of(run)
        self.assertIn("has not finished", section["warnings"][0])
        self.assertEqual(titled(section, "progress.csv")["total"], 6 * 24 - 1)
        self.assertEqual(len(blocks_of(section, "timeline")), 1)

    def test_missing_and_truncated_files_of_a_finished_run_are_refused_by_name(self):
        for number, (name, message) in enumerate((
                ("summary.json", "cannot be read"), ("timeline.json", "cannot be read"),
                ("batches.csv", "cannot be read"))):
            run = self.copy(f"missing{number}")
            (run / name).unlink()
            self.assert_refused(run, f"missing{number}/{name}: {message}")
        for number, (name, message) in enumerate((
                ("summary.json", "cannot be read"), ("manifest.json", "cannot be read"),
                ("timeline.json", "is not a trace of events, or is cut off"),
                ("epochs.csv", "is cut off: its last line has no end"))):
            run = self.copy(f"cut{number}")
            text = (run / name).read_text()
            (run / name).write_text(text[: len(text) // 2].rstrip("\n"))
            self.assert_refused(run, f"cut{number}/{name}: {message}")

    def test_rows_lost_at_the_end_of_a_table_are_told(self):
        run = self.copy("lost")
        lines = (run / "progress.csv").read_text().splitlines(keepends=True)
        (run / "progress.csv").write_text("".join(lines[:-3]))
        self.assertIn("progress.csv has 141 mini-batches, summary.json counts 144.",
                      self.section_of(run)["warnings"])

    def test_damaged_content_is_refused_by_name(self):
        for number, (name, text, message) in enumerate((
                ("epochs.csv", "", "is empty"), ("epochs.csv", "a,a\n1,2\n", "two columns"),
                ("epochs.csv", "a,b\n1\n", "record 1 has another number of fields"),
                ("epochs.csv", 'a,b\n1,"2\n', "unexpected end of data"),
                ("progress.csv", "epoch,batch\n0,0\n", "has no column"),
                ("summary.json", "[]", "holds no JSON object"),
                ("summary.json", '{"stages": 3}', "'stages' is no list of objects"),
                ("timeline.json", '[{"ph":"X"}]', "an event is not complete"))):
            run = self.copy(f"damaged{number}")
            (run / name).write_text(text)
            self.assert_refused(run, name, message)

    def test_folder_without_results_is_refused(self):
        empty = self.folder / "empty"
        empty.mkdir()
        self.assert_refused(empty, "holds neither a run (manifest.json) nor a sweep")
        self.assert_refused(self.folder / "nowhere", "nowhere: is not a folder")
        self.assert_refused(self.folder / "run" / "epochs.csv", "is not a folder")

    def test_long_tables_and_lines_are_cut_with_their_full_length_told(self):
        long = blocks.table("t", ["a"], [["1"]] * (blocks.MOST_ROWS + 5))
        self.assertEqual((len(long["rows"]), long["total"]), (blocks.MOST_ROWS, 2005))
        points = [(i, i) for i in range(10 * blocks.MOST_POINTS - 3)]
        line = blocks.line("l", points)
        self.assertLessEqual(len(line["points"]), blocks.MOST_POINTS + 1)
        self.assertEqual(line["step"], 10)
        self.assertEqual(line["points"][-1], list(points[-1]))

    def test_values_that_are_not_finite_become_gaps(self):
        line = blocks.line("l", [(1, float("nan")), (2, float("inf")), (3, 4)])
        self.assertEqual(line["points"], [[1, None], [2, None], [3, 4]])

    def test_the_command_writes_the_same_page(self):
        out, again = self.folder / "by_command.html", self.folder / "by_script.html"
        subprocess.run([ACCEPTLAB, "report", str(self.folder / "run"), "-o", str(out)],
                       check=True, capture_output=True)
        self.assertEqual(report(self.folder / "run", "-o", again), (0, ""))
        self.assertEqual(out.read_bytes(), again.read_bytes())

    def test_the_command_fails_with_a_message_and_no_trace(self):
        result = subprocess.run([ACCEPTLAB, "report", str(self.folder / "nowhere")], text=True,
                                capture_output=True, check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("nowhere: is not a folder", result.stderr)
        self.assertNotIn("Traceback", result.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
