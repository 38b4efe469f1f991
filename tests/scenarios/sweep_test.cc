#include "scenarios/sweep.h"

#include <gmock/gmock.h>

#include "tests/scenarios/scenario_text.h"

namespace acceptlab::scenarios {
namespace {

using testing::HasSubstr;

std::vector<SweepPoint> points_of(const std::string& text) {
  return expand_sweep(document_of("device_count = 3\n" + text));
}

std::vector<std::string> texts_of(const std::string& axis) {
  std::vector<std::string> texts;
  for (const SweepPoint& point : points_of("[sweep]\n" + axis)) {
    texts.push_back(point.values.front().second);
  }
  return texts;
}

TEST(Sweep, ChangesTheLastKeyFastest) {
  const auto points =
      points_of("[sweep]\nmethod = [\"even\", \"ftpipehd\"]\n\"network.delay_ms\" = [5, 1.5, 2]\n");
  ASSERT_EQ(points.size(), 6u);
  for (std::size_t i = 0; i < points.size(); ++i) EXPECT_EQ(points[i].index, i);
  using Values = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(points[0].values, (Values{{"method", "even"}, {"network.delay_ms", "5"}}));
  EXPECT_EQ(points[1].values, (Values{{"method", "even"}, {"network.delay_ms", "1.5"}}));
  EXPECT_EQ(points[3].values, (Values{{"method", "ftpipehd"}, {"network.delay_ms", "5"}}));
  EXPECT_EQ(points[4].scenario.method, Method::kFtpipehd);
  EXPECT_EQ(points[4].scenario.network.link.delay_ms, 1.5);
}

TEST(Sweep, WithoutASweepIsOnePoint) {
  const auto points = points_of("seed = 4\n");
  ASSERT_EQ(points.size(), 1u);
  EXPECT_TRUE(points[0].values.empty());
  EXPECT_EQ(points[0].scenario.seed, 4);
}

TEST(Sweep, SpreadsRanges) {
  EXPECT_EQ(texts_of("\"network.bandwidth_mbit_s\" = {start = 1, stop = 1000, steps = 7, scale = "
                     "\"log\"}\n"),
            (std::vector<std::string>{"1", "3.162", "10", "31.62", "100", "316.2", "1000"}));
  EXPECT_EQ(texts_of("\"network.delay_ms\" = {start = 10, stop = 0, steps = 4}\n"),
            (std::vector<std::string>{"10", "6.66667", "3.33333", "0"}));
  EXPECT_EQ(texts_of("\"training.batch_samples\" = {start = 8, stop = 128, steps = 5, scale = "
                     "\"log\"}\n"),
            (std::vector<std::string>{"8", "16", "32", "64", "128"}));
}

TEST(Sweep, ReachesItemsOfLists) {
  const auto points = points_of("[sweep]\n\"devices[1].slowdown\" = [1, 4]\n");
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[1].scenario.devices.size(), 3u);
  EXPECT_EQ(points[1].scenario.devices[1].slowdown, 4);
  EXPECT_EQ(points[1].scenario.devices[0].slowdown, 1);
}

TEST(Sweep, TakesListsAndTablesAsValues) {
  const auto points = points_of(
      "network.bandwidth_model = \"steps\"\n[sweep]\n\"network.steps\" = [[[0, 10]], [[0, 5], [1, "
      "2]]]\n\"network.links\" = [[], [{from = 0, to = 1, delay_ms = 9}]]\n");
  ASSERT_EQ(points.size(), 4u);
  EXPECT_EQ(points[3].scenario.network.link.steps.size(), 2u);
  EXPECT_EQ(points[3].values[0].second, "[[0, 5], [1, 2]]");
  EXPECT_EQ(points[3].scenario.network.direction(1, 0).delay_ms, 9);
  EXPECT_EQ(points[2].scenario.network.direction(1, 0).delay_ms, 1);
}

constexpr const char* kCodecs =
    "codec = [{forward = \"none\", backward = \"none\"}, {forward = \"mbq4\", backward = "
    "\"suq4\"}]\n";

TEST(Sweep, VariesKeysOfASectionTogether) {
  const auto points =
      points_of("codec.group_values = 64\n[sweep]\nseed = [1, 2]\n" + std::string(kCodecs));
  ASSERT_EQ(points.size(), 4u);
  using Values = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(points[1].values,
            (Values{{"seed", "1"}, {"codec.forward", "mbq4"}, {"codec.backward", "suq4"}}));
  EXPECT_EQ(points[1].scenario.codec.forward, "mbq4");
  EXPECT_EQ(points[1].scenario.codec.backward, "suq4");
  EXPECT_EQ(points[1].scenario.codec.group_values, 64);
  EXPECT_EQ(points[2].scenario.codec.backward, "none");
}

TEST(Sweep, RefusesTablesWithOtherKeysThanTheFirst) {
  EXPECT_THAT(sweep_error("[sweep]\ncodec = [{forward = \"none\"}, {backward = \"none\"}]\n"),
              HasSubstr("or a list of tables that set the same keys"));
}

TEST(Sweep, RefusesAKeyThatTwoAxesSet) {
  EXPECT_THAT(sweep_error("[sweep]\n\"codec.forward\" = [\"none\"]\n" + std::string(kCodecs)),
              HasSubstr("sets key 'codec.forward' twice"));
}

TEST(Sweep, AnOverrideFixesAKeyThatVariesWithOthers) {
  const std::string text = "device_count = 2\n[sweep]\n" + std::string(kCodecs);
  const auto points = [&](const std::vector<std::string>& overrides) {
    return expand_sweep(document_of(text, overrides));
  };
  const auto fixed = points({"codec.forward=fp16"});
  ASSERT_EQ(fixed.size(), 2u);
  EXPECT_EQ(fixed[1].scenario.codec.forward, "fp16");
  EXPECT_EQ(fixed[1].scenario.codec.backward, "suq4");
  EXPECT_EQ(points({"codec.forward=fp16", "codec.backward=suq8"}).size(), 1u);
}

TEST(Sweep, PathsOfOverridesAreRelativeToTheWorkingDirectory) {
  namespace fs = std::filesystem;
  const TemporaryFile trace("sweep_test/lte.trace", "1\n2\n");
  const std::string relative = fs::relative(trace.path()).string();
  const auto points =
      expand_sweep(document_of("device_count = 2\n[network]\nbandwidth_model = \"trace\"\n",
                               {"sweep.network.trace=[\"" + relative + "\"]"}));
  ASSERT_EQ(points.size(), 1u);
  EXPECT_EQ(fs::path(points[0].scenario.network.link.trace), trace.path().lexically_normal());
}

TEST(Sweep, SweepsTheNumberOfDevices) {
  const auto points = expand_sweep(document_of("[sweep]\ndevice_count = [1, 4]\n"));
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[1].scenario.devices.size(), 4u);
}

TEST(Sweep, ChecksEveryPointBeforeAnyRuns) {
  EXPECT_EQ(sweep_error("[sweep]\n\"network.delay_ms\" = [1,\n -2, 3,\n 900]\nseed = [1, 2]\n"),
            "x.toml:4: key 'network.delay_ms': must be 0..500 ms, got -2\n"
            "x.toml:5: key 'network.delay_ms': must be 0..500 ms, got 900");
}

TEST(Sweep, ContradictionsNameTheSweptMethod) {
  EXPECT_EQ(sweep_error("schedule.weights = \"stash\"\n[sweep]\nmethod = [\"single\", "
                        "\"ftpipehd\"]\n"),
            "x.toml:2: key 'schedule.weights': must be \"replicas\" with method = \"ftpipehd\" "
            "(x.toml:4), got \"stash\"");
}

TEST(Sweep, RefusesUnknownKeys) {
  EXPECT_EQ(sweep_error("[sweep]\n\"network.bandwith_mbit_s\" = [1]\n"),
            "x.toml:3: key 'network.bandwith_mbit_s' is unknown; did you mean "
            "'network.bandwidth_mbit_s'?");
  EXPECT_EQ(sweep_error("[sweep]\nnetwork.delay_ms = [1]\n"),
            "x.toml:3: key 'sweep.\"network\"': is a table: write the path of a key in quotes, "
            "\"network.<key>\", or a list of tables that set the same keys");
  EXPECT_THAT(sweep_error("[sweep]\nsweep = [1]\n"), HasSubstr("key 'sweep' is unknown"));
  EXPECT_EQ(sweep_error("[sweep]\n\"devices[7].slowdown\" = [1, 2]\n"),
            "x.toml:3: key 'devices[7].slowdown': the scenario has only 2 devices, counted from 0");
}

TEST(Sweep, RefusesAxesWithoutValues) {
  EXPECT_EQ(sweep_error("[sweep]\nseed = []\n"),
            "x.toml:3: key 'sweep.\"seed\"': must list at least one value");
  EXPECT_EQ(sweep_error("[sweep]\nseed = 3\n"),
            "x.toml:3: key 'sweep.\"seed\"': must be a list of values or { start, stop, steps, "
            "scale }, got 3");
  EXPECT_EQ(sweep_error("sweep = 3\n"), "x.toml:2: key 'sweep': must be a table, [sweep], got 3");
}

TEST(Sweep, RefusesTheSameValueTwice) {
  EXPECT_EQ(sweep_error("[sweep]\n\"network.delay_ms\" = [1, 2, 1.0]\n"),
            "x.toml:3: key 'sweep.\"network.delay_ms\"': value 1 appears twice");
  EXPECT_EQ(sweep_error("[sweep]\nseed = {start = 1, stop = 2, steps = 3}\n"),
            "x.toml:3: key 'sweep.\"seed\"': value 2 appears twice");
}

TEST(Sweep, RefusesWrongRanges) {
  const auto error = [](const std::string& range) {
    return sweep_error("[sweep]\n\"network.delay_ms\" = {" + range + "}\n");
  };
  const std::string at = "x.toml:3: key 'sweep.\"network.delay_ms\"': ";
  EXPECT_EQ(error("start = 1, steps = 3"), at + "stop must be given");
  EXPECT_EQ(error("start = \"a\", stop = 2, steps = 3"),
            at + "start must be a number, -1000000000000..1000000000000, got the string \"a\"");
  EXPECT_EQ(error("start = 1, stop = 2, steps = 1"),
            at + "steps must be an integer, 2..1000, got 1");
  EXPECT_EQ(error("start = 1, stop = 2, steps = 2.5"),
            at + "steps must be an integer, 2..1000, got 2.5");
  EXPECT_EQ(error("start = 0, stop = 2, steps = 3, scale = \"log\""),
            at + "start and stop must be positive with scale = \"log\"");
  EXPECT_EQ(error("start = 0, stop = 2, steps = 3, scale = \"lag\""),
            at + "scale must be one of linear, log, got \"lag\"; did you mean 'log'?");
  EXPECT_EQ(error("start = 0, end = 2, steps = 3"), at + "'end' is unknown");
  EXPECT_EQ(sweep_error("[sweep]\nmethod = {start = 1, stop = 2, steps = 2}\n"),
            "x.toml:3: key 'sweep.\"method\"': must be a list of values: only numbers have ranges");
}

TEST(Sweep, HasALimit) {
  EXPECT_EQ(sweep_error("[sweep]\nseed = {start = 1, stop = 1000, steps = 1000}\n"
                        "\"network.delay_ms\" = {start = 1, stop = 11, steps = 11}\n"),
            "x.toml:2: key 'sweep': makes more than 10000 scenarios");
}

}  // namespace
}  // namespace acceptlab::scenarios
