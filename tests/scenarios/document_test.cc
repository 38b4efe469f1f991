#include "scenarios/document.h"

#include <gmock/gmock.h>

#include "tests/scenarios/scenario_text.h"

namespace acceptlab::scenarios {
namespace {

using testing::StartsWith;

TEST(Document, OverridesReplaceAndAddKeys) {
  const Scenario scenario = load_two("seed = 1\n", {"seed=7", "network.delay_ms=2.5"});
  EXPECT_EQ(scenario.seed, 7);
  EXPECT_EQ(scenario.network.link.delay_ms, 2.5);
}

TEST(Document, OverridesApplyInOrder) { EXPECT_EQ(load_two("", {"seed=7", "seed=8"}).seed, 8); }

TEST(Document, OverridesTakeTextWithoutQuotes) {
  EXPECT_EQ(load_two("", {"method=ftpipehd+codec"}).method, Method::kFtpipehdCodec);
  EXPECT_EQ(load_two("", {"name=2024"}).name, "2024");
  EXPECT_EQ(load_two("", {"name=\"a = b\""}).name, "a = b");
}

TEST(Document, OverridesReachTablesOfLists) {
  const std::string devices = "[[devices]]\nname = \"a\"\n[[devices]]\nname = \"b\"\n";
  const Scenario scenario = load(devices, {"devices[1].slowdown=3", "devices[1].name=slow"});
  EXPECT_EQ(scenario.devices[0].slowdown, 1);
  EXPECT_EQ(scenario.devices[1].slowdown, 3);
  EXPECT_EQ(scenario.devices[1].name, "slow");
}

TEST(Document, OverridesReachDevicesGivenByCount) {
  const Scenario scenario = load_two("", {"devices[1].slowdown=3"});
  ASSERT_EQ(scenario.devices.size(), 2u);
  EXPECT_EQ(scenario.devices[1].slowdown, 3);
}

TEST(Document, OverridesTakeWholeLists) {
  const Scenario scenario = load_two(
      "", {"network.links=[{from = 0, to = 1, delay_ms = 9}]", "training.lr_milestones=[2, 4]"});
  EXPECT_EQ(scenario.network.direction(0, 1).delay_ms, 9);
  EXPECT_EQ(scenario.training.lr_milestones, (std::vector<int>{2, 4}));
}

TEST(Document, OverrideOfASweptKeyFixesIt) {
  const Document document = document_of(
      "device_count = 2\n[sweep]\nseed = [1, 2, 3]\n\"network.delay_ms\" = [1, 2]\n", {"seed=9"});
  const auto points = expand_sweep(document);
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[1].scenario.seed, 9);
}

TEST(Document, OverrideChangesAndAddsAxes) {
  const Document document = document_of("device_count = 2\n[sweep]\nseed = [1, 2, 3]\n",
                                        {"sweep.seed=[5]", "sweep.network.delay_ms=[1, 2]"});
  const auto points = expand_sweep(document);
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[1].scenario.seed, 5);
  EXPECT_EQ(points[1].scenario.network.link.delay_ms, 2);
}

TEST(Document, ErrorsOfOverridesNameThem) {
  EXPECT_EQ(error_two("", {"network.delay_ms=-1"}),
            "--set network.delay_ms=-1: key 'network.delay_ms': must be 0..500 ms, got -1");
  EXPECT_EQ(error_two("", {"sede=1"}), "--set sede=1: key 'sede' is unknown; did you mean 'seed'?");
  EXPECT_EQ(error_two("", {"seed"}), "--set seed: must be key=value");
  EXPECT_EQ(error_two("", {"=3"}), "--set =3: must be key=value");
  EXPECT_THAT(error_two("", {"seed=many"}), StartsWith("--set seed=many: not a TOML value: "));
  EXPECT_EQ(error_two("", {"network={}"}),
            "--set network={}: key 'network': is a table; name its keys");
}

TEST(Document, OverrideOfAMissingDeviceTellsHowManyThereAre) {
  EXPECT_EQ(error_two("", {"devices[2].slowdown=3"}),
            "--set devices[2].slowdown=3: key 'devices[2].slowdown': the scenario has only 2 "
            "devices, counted from 0");
  EXPECT_EQ(error_two("", {"network.links[99999999999999999999].from=0"}),
            "--set network.links[99999999999999999999].from=0: key "
            "'network.links[99999999999999999999].from': the scenario has only 0 links, counted "
            "from 0");
}

TEST(Document, OverrideInsideAValueOfTheWrongShapeBlamesTheFile) {
  EXPECT_EQ(error_two("network = 3\n", {"network.delay_ms=1"}),
            "x.toml:2: key 'network': must be a table, [network], got 3");
  EXPECT_EQ(load_error("devices = [1, 2]\n", {"devices[0].slowdown=1"}),
            "x.toml:1: key 'devices': must be a list of tables, [[devices]]");
}

TEST(Document, MissingFilesCannotBeRead) {
  EXPECT_EQ(error_of([] { read_document("no/such.toml"); }), "no/such.toml: cannot be read");
  EXPECT_EQ(error_of([] { read_document(testing::TempDir()); }),
            testing::TempDir() + ": cannot be read");
}

TEST(Document, UnknownKeysSuggestTheNearestOrTheRightTable) {
  const Origin origin{Origin::Kind::kFile, "x.toml:3"};
  EXPECT_EQ(unknown_key(origin, "network.bandwith_mbit_s"),
            "x.toml:3: key 'network.bandwith_mbit_s' is unknown; did you mean "
            "'network.bandwidth_mbit_s'?");
  EXPECT_EQ(unknown_key(origin, "delay_ms"),
            "x.toml:3: key 'delay_ms' is unknown; did you mean 'network.delay_ms'?");
  EXPECT_EQ(unknown_key(origin, "netwrk"),
            "x.toml:3: key 'netwrk' is unknown; did you mean 'network'?");
  EXPECT_EQ(unknown_key(origin, "qqqqqqqqqq"), "x.toml:3: key 'qqqqqqqqqq' is unknown");
}

}  // namespace
}  // namespace acceptlab::scenarios
