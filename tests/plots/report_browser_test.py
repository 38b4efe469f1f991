"""Opens reports of sample results in headless Chromium and uses them as a reader does.

Usage: report_browser_test.py WRITE_SAMPLE_RESULTS REPORT_PY REPOSITORY [SCREENSHOTS]; exits 77
(skipped) without Chromium, its driver, or Selenium. With a folder SCREENSHOTS, pictures of all
pages are left there.
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True


def skip(reason):
    print(f"skipped: {reason} (Debian: chromium chromium-driver python3-selenium)")
    sys.exit(77)


try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:
    skip("this python3 has no Selenium")
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
if not CHROMIUM or not DRIVER:
    skip("no chromium or no chromedriver on PATH")

WRITER, REPORT, REPOSITORY = sys.argv[1:4]
SCREENSHOTS = pathlib.Path(sys.argv[4]) if len(sys.argv) > 4 else None
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
DESKTOP = {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False}
PAGES = ("run", "sweep", "results")
BANDWIDTH = "results/paper/bandwidth/three_equal"
IS_DRAWN = """
const plot = arguments[0], canvas = plot.querySelector("canvas");
if (!canvas) return plot.querySelectorAll("svg text").length > 2;
const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
const colours = new Set();
for (let i = 0; i < data.length; i += 4) {
  colours.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
}
return colours.size > 5;
"""


def start_chromium(profile):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--disable-gpu", "--hide-scrollbars",
                     f"--user-data-dir={profile}", "--window-size=1280,900"):
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service(DRIVER), options=options)


class ReportBrowserTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="acceptlab_browser_test_"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        subprocess.run([WRITER, str(cls.folder)], check=True)
        places = {"run": cls.folder / "run", "sweep": cls.folder / "sweep",
                  "results": pathlib.Path(REPOSITORY) / "results",
                  "bandwidth": pathlib.Path(REPOSITORY) / BANDWIDTH}
        for name, place in places.items():
            subprocess.run([sys.executable, REPORT, str(place), "-o",
                            str(cls.folder / f"{name}.html")], check=True, capture_output=True)
        cls.browser = start_chromium(cls.folder / "profile")
        cls.addClassCleanup(cls.browser.quit)

    def setUp(self):
        self.emulate("light")
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", DESKTOP)

    def emulate(self, scheme, media=""):
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "media": media, "features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def open(self, name):
        self.browser.get((self.folder / f"{name}.html").as_uri())

    def all(self, selector, within=None):
        return (within or self.browser).find_elements(By.CSS_SELECTOR, selector)

    def until(self, condition, what):
        WebDriverWait(self.browser, 20, 0.1).until(lambda _: condition(), what)

    def drawn_plots(self):
        """All plots in unfolded parts, each brought into the window so that it is drawn."""
        plots = [plot for plot in self.all(".figure .plot") if plot.is_displayed()]
        for plot in plots:
            self.show(plot)
            self.until(lambda p=plot: self.browser.execute_script(IS_DRAWN, p), "a figure is empty")
        return plots

    def show(self, node):
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", node)

    def figure(self, title):
        return next(f for f in self.all(".figure") if self.all("h3", f)[0].text == title)

    def entry(self, figure, name):
        return next(b for b in self.all(".legend button", figure) if b.text.strip() == name)

    def tip(self, figure):
        return " ".join(tip.text for tip in self.all(".tip", figure) if tip.is_displayed())

    def touch(self, kind, *heights):
        self.browser.execute_cdp_cmd("Input.dispatchTouchEvent", {
            "type": kind, "touchPoints": [{"x": PHONE["width"] / 2, "y": y} for y in heights]})

    def errors(self):
        """What the console says, but for a hint on how this test itself reads pictures."""
        return [line["message"] for line in self.browser.get_log("browser")
                if line["level"] in ("SEVERE", "WARNING")
                and "willReadFrequently" not in line["message"]]

    def picture(self, name):
        """A picture of the whole page, as wide as it is shown."""
        if SCREENSHOTS is None:
            return
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.browser.execute_script("scrollTo(0, 0)")
        data = self.browser.execute_cdp_cmd("Page.captureScreenshot",
                                            {"captureBeyondViewport": True})["data"]
        (SCREENSHOTS / f"{name}.png").write_bytes(base64.b64decode(data))

    def test_every_page_opens_without_a_console_message_and_shows_every_figure(self):
        for name, least in (("run", 5), ("sweep", 5), ("results", 4)):
            with self.subTest(name):
                self.open(name)
                self.assertGreaterEqual(len(self.drawn_plots()), least)
                self.picture(f"{name}_light")
                self.assertEqual(self.errors(), [])

    def test_no_page_scrolls_sideways_on_a_phone(self):
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
        for name in PAGES:
            with self.subTest(name):
                self.open(name)
                self.drawn_plots()
                self.picture(f"{name}_phone")
                width = self.browser.execute_script("return document.documentElement.scrollWidth")
                self.assertEqual(width, PHONE["width"])
                self.assertEqual(self.errors(), [])

    def test_a_finger_on_a_figure_scrolls_the_page(self):
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
        self.browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
        try:
            self.open("sweep")
            plot = self.drawn_plots()[0]
            self.show(plot)
            before = self.browser.execute_script("return scrollY")
            middle = PHONE["height"] / 2
            self.touch("touchStart", middle)
            for step in range(1, 11):
                self.touch("touchMove", middle - 20 * step)
            self.touch("touchEnd")
            self.until(lambda: self.browser.execute_script("return scrollY") > before + 100,
                       "the page has not moved")
        finally:
            self.browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})

    def test_hovering_a_line_tells_values_with_units_of_all_methods(self):
        self.open("sweep")
        figure = self.figure("Time per mini-batch")
        plot = self.all(".plot", figure)[0]
        self.show(plot)
        self.until(lambda: self.browser.execute_script(IS_DRAWN, plot), "the figure is empty")
        ActionChains(self.browser).move_to_element(plot).perform()
        self.until(lambda: self.tip(figure), "no tooltip")
        for text in ("Bandwidth of the links:", "Mbit/s", "ms", "ftpipehd+codec", "single"):
            self.assertIn(text, self.tip(figure))

    def test_the_legend_switches_a_method_off_and_on(self):
        self.open("sweep")
        self.drawn_plots()
        figure = self.figure("Time per mini-batch")
        drawn = "return arguments[0].querySelectorAll('.plot svg path[stroke=\"#E69F00\"]').length"
        self.assertGreater(self.browser.execute_script(drawn, figure), 0)
        self.entry(figure, "even").click()
        self.assertEqual(self.entry(figure, "even").get_attribute("aria-pressed"), "false")
        self.assertEqual(self.browser.execute_script(drawn, figure), 0)
        self.entry(figure, "even").click()
        self.assertGreater(self.browser.execute_script(drawn, figure), 0)

    def test_the_bandwidth_of_a_figure_is_chosen(self):
        self.open("sweep")
        figure = self.figure("Test accuracy after each epoch")
        select = self.all("select", figure)[0]
        plot = self.all(".plot", figure)[0]
        self.show(plot)
        self.until(lambda: self.browser.execute_script(IS_DRAWN, plot), "the figure is empty")
        before = plot.get_attribute("innerHTML")
        next(o for o in self.all("option", select) if o.text == "5 Mbit/s").click()
        self.assertNotEqual(plot.get_attribute("innerHTML"), before)

    def test_buttons_zoom_and_a_switch_makes_an_axis_linear(self):
        self.open("sweep")
        self.drawn_plots()
        figure = self.figure("Time per mini-batch")

        def labels():
            return [text.text for text in self.all(".plot svg text", figure)]

        whole = labels()
        zoom_in, _, reset = [b for b in self.all(".controls button", figure)
                             if b.text in ("+", "\u2212", "Whole")]
        zoom_in.click()
        self.until(lambda: labels() != whole, "not zoomed")
        reset.click()
        self.until(lambda: labels() == whole, "not whole again")
        next(b for b in self.all(".controls button", figure) if b.text == "x: log").click()
        self.until(lambda: labels() != whole, "still logarithmic")

    def test_hovering_a_span_of_the_timeline_tells_what_it_is(self):
        self.open("run")
        figure = self.figure("Timeline of the pipeline")
        plot = self.all(".plot", figure)[0]
        self.show(plot)
        self.until(lambda: self.browser.execute_script(IS_DRAWN, plot), "the figure is empty")
        found = ""
        for x in range(-200, 300, 40):
            ActionChains(self.browser).move_to_element_with_offset(
                plot, x, 25 - plot.size["height"] // 2).perform()
            found = found or self.tip(figure)
        for text in ("mini-batch", "takes", "ms", "device 0 (board 0)"):
            self.assertIn(text, found)
        self.entry(figure, "backward").click()
        self.assertEqual(self.entry(figure, "backward").get_attribute("aria-pressed"), "false")
        self.assertEqual(self.errors(), [])

    def test_thousands_of_spans_are_zoomed_at_once(self):
        run = self.folder / "long"
        shutil.copytree(self.folder / "run", run)
        events = json.loads((run / "timeline.json").read_text())
        slices = [event for event in events if event["ph"] == "X"]
        end = max(event["ts"] + event["dur"] for event in slices)
        copies = -(-5000 // len(slices))
        events += [{**event, "ts": event["ts"] + end * copy}
                   for copy in range(1, copies) for event in slices]
        (run / "timeline.json").write_text(json.dumps(events))
        subprocess.run([sys.executable, REPORT, str(run), "-o", str(self.folder / "long.html")],
                       check=True, capture_output=True)
        self.open("long")
        plot = self.drawn_plots()[0]
        figure = self.figure("Timeline of the pipeline")
        zoom_in, zoom_out = [b for b in self.all(".controls button", figure)][:2]
        took = self.browser.execute_async_script("""
            const [zoomIn, zoomOut, done] = arguments, start = performance.now();
            let steps = 0;
            const step = () => {
              (++steps % 2 ? zoomIn : zoomOut).click();
              const finish = () => done((performance.now() - start) / steps);
              requestAnimationFrame(steps < 10 ? step : finish);
            };
            step();""", zoom_in, zoom_out)
        self.assertLess(took, 500)  # milliseconds a step
        self.assertTrue(self.browser.execute_script(IS_DRAWN, plot))

    def test_a_column_sorts_by_number(self):
        self.open("bandwidth")
        table = next(d for d in self.all("details.block") if "sweep.csv" in d.text)
        head = next(h for h in self.all("th", table) if h.text.startswith("time per batch"))
        place = self.all("th", table).index(head)
        self.show(head)
        head.click()
        cells = [float(row.find_elements(By.TAG_NAME, "td")[place].get_attribute("title"))
                 for row in self.all("tbody tr", table)]
        self.assertEqual(cells, sorted(cells))
        lines = (pathlib.Path(REPOSITORY) / BANDWIDTH / "sweep.csv").read_text().splitlines()
        self.assertEqual(len(cells), len(lines) - 1)

    def test_any_two_columns_can_be_drawn(self):
        self.open("results")
        table = next(d for d in self.all("details.block") if "packet_vs_message.csv" in d.text)
        x, y, _ = self.all("details select", table)
        for select, column in ((x, "size_bytes"), (y, "packet_warm_ms")):
            self.show(select)
            next(o for o in self.all("option", select) if o.text == column).click()
        self.until(lambda: "packet warm against size" in table.text, "not drawn")
        plot = self.all(".plot", table)[0]
        self.show(plot)
        self.until(lambda: self.browser.execute_script(IS_DRAWN, plot), "the figure is empty")
        self.assertEqual(self.errors(), [])

    def test_dark_where_the_system_is_and_a_button_changes_it(self):
        def brightness():
            colour = self.browser.execute_script(
                "return getComputedStyle(document.body).backgroundColor")
            return sum(int(part) for part in colour[4:-1].split(",")[:3])

        self.emulate("dark")
        for name in PAGES:
            self.open(name)
            self.drawn_plots()
            self.picture(f"{name}_dark")
            self.assertLess(brightness(), 150)
            self.assertEqual(self.errors(), [])
        self.all(".top button")[0].click()
        self.assertGreater(brightness(), 600)

    def test_print_is_light_without_buttons_and_with_every_figure(self):
        self.emulate("dark")
        self.open("run")
        self.browser.execute_script("""
            window.printed = [];
            addEventListener("beforeprint", () => {
              for (const plot of document.querySelectorAll(".figure .plot")) {
                const picture = plot.querySelector("svg, canvas");
                if (plot.clientWidth) window.printed.push(picture?.getBoundingClientRect().width);
              }
              window.theme = document.documentElement.dataset.theme;
            });""")
        pdf = base64.b64decode(self.browser.print_page())
        self.assertEqual(pdf[:5], b"%PDF-")
        if SCREENSHOTS is not None:
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            (SCREENSHOTS / "run.pdf").write_bytes(pdf)
        self.assertEqual(self.browser.execute_script("return window.theme"), "light")
        widths = self.browser.execute_script("return window.printed")
        self.assertGreaterEqual(len(widths), 5)
        self.assertEqual(set(widths), {680})
        self.emulate("dark", "print")
        self.assertFalse(any(b.is_displayed() for b in self.all(".controls button")))

    def test_markup_in_texts_stays_text(self):
        evil = "<img src=x onerror=alert(1)>"
        folder = self.folder / evil
        shutil.copytree(self.folder / "run", folder / "run")
        trace = folder / "run" / "timeline.json"
        trace.write_text(trace.read_text().replace("(board 0)", evil))
        (folder / "README.md").write_text(f"# {evil}\n![a](http://example.com/a.png)\n"
                                          "[b](javascript:alert(1)) [c](notes.md)\n")
        (folder / "table.csv").write_text(f"# {evil}\n{evil},b,c\n{evil},1,2\n{evil},2,3\n")
        subprocess.run([sys.executable, REPORT, str(folder), "-o", str(self.folder / "evil.html")],
                       check=True, capture_output=True)
        self.open("evil")
        self.drawn_plots()
        self.assertEqual(self.all("main img, main script"), [])
        hrefs = [link.get_attribute("href") for link in self.all(".readme a")]
        self.assertEqual(len(hrefs), 1)
        self.assertTrue(hrefs[0].endswith("/%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E/notes.md"))
        self.assertEqual(self.errors(), [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
