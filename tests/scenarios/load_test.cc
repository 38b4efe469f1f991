#include "scenarios/load.h"

#include <gmock/gmock.h>

#include "tests/scenarios/scenario_text.h"

namespace acceptlab::scenarios {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::StartsWith;

TEST(Load, StoresKeysInTheirFields) {
  const Scenario scenario = load(R"(
name = "t"
method = "custom"
[model]
name = "vgg11"
classes = 12
[schedule]
kind = "gpipe"
[training]
micro_batches = 4
evaluate = false
[network]
model = "message"
[[devices]]
name = "a"
memory_mb = 512
slowdown_steps = [[10, 3]]
[[devices]]
slowdown = 2
)");
  EXPECT_EQ(scenario.name, "t");
  EXPECT_EQ(scenario.model.name, "vgg11");
  EXPECT_EQ(scenario.model.classes, 12);
  EXPECT_EQ(scenario.schedule.kind, ScheduleKind::kGpipe);
  EXPECT_EQ(scenario.training.micro_batches, 4);
  EXPECT_FALSE(scenario.training.evaluate);
  EXPECT_EQ(scenario.network.model, NetworkModel::kMessage);
  ASSERT_EQ(scenario.devices.size(), 2u);
  EXPECT_EQ(scenario.devices[0].memory_mb, 512);
  EXPECT_EQ(scenario.devices[0].slowdown_steps.at(0).value, 3);
  EXPECT_EQ(scenario.devices[1].slowdown, 2);
  EXPECT_FALSE(scenario.devices[1].memory_mb.has_value());
}

TEST(Load, NamesDevicesThatHaveNoName) {
  const Scenario scenario = load("[[devices]]\nname = \"a\"\n[[devices]]\n");
  EXPECT_EQ(scenario.devices[0].name, "a");
  EXPECT_EQ(scenario.devices[1].name, "device1");
}

TEST(Load, ListedLinksStartFromTheDefaultLink) {
  const Scenario scenario = load(R"(
device_count = 3
[[network.links]]
from = 0
to = 1
delay_ms = 7
[[network.links]]
from = 2
to = 1
both = false
bandwidth_mbit_s = 3
[network]
bandwidth_mbit_s = 20
)");
  EXPECT_EQ(scenario.network.direction(0, 1).delay_ms, 7);
  EXPECT_EQ(scenario.network.direction(1, 0).delay_ms, 7);
  EXPECT_EQ(scenario.network.direction(0, 1).bandwidth_mbit_s, 20);
  EXPECT_EQ(scenario.network.direction(2, 1).bandwidth_mbit_s, 3);
  EXPECT_EQ(scenario.network.direction(1, 2).bandwidth_mbit_s, 20);
  EXPECT_EQ(scenario.network.direction(0, 2).delay_ms, 1);
}

TEST(Load, ReportsEveryMistakeAtOnce) {
  EXPECT_EQ(
      load_error("device_count = 2\nsede = 1\n[network]\ndelay_ms = -1\nbandwith_mbit_s = 5\n"),
      "x.toml:2: key 'sede' is unknown; did you mean 'seed'?\n"
      "x.toml:5: key 'network.bandwith_mbit_s' is unknown; did you mean "
      "'network.bandwidth_mbit_s'?\n"
      "x.toml:4: key 'network.delay_ms': must be 0..500 ms, got -1");
}

TEST(Load, NamesTheItemOfAList) {
  EXPECT_EQ(load_error("[[devices]]\n[[devices]]\nslowdwon = 2\n"),
            "x.toml:3: key 'devices[1].slowdwon' is unknown; did you mean 'devices[].slowdown'?");
  EXPECT_EQ(load_error("[[devices]]\n[[devices]]\nslowdown = 0\n"),
            "x.toml:3: key 'devices[1].slowdown': must be 0.01..1000, got 0");
}

TEST(Load, WantsOneToSixtyFourDevices) {
  EXPECT_EQ(load_error(""),
            "x.toml: key 'devices': there are no devices: give [[devices]] or device_count");
  EXPECT_EQ(load_error("devices = []\n"),
            "x.toml: key 'devices': there are no devices: give [[devices]] or device_count");
  EXPECT_EQ(load_error("device_count = 0\n"), "x.toml:1: key 'device_count': must be 1..64, got 0");
  EXPECT_EQ(load_error("device_count = 65\n"),
            "x.toml:1: key 'device_count': must be 1..64, got 65");
  std::string many;
  for (int i = 0; i < 65; ++i) many += "[[devices]]\n";
  EXPECT_THAT(load_error(many), StartsWith("x.toml:1: key 'devices': has more than 64 tables"));
  EXPECT_EQ(load("device_count = 64\n").devices.size(), 64u);
}

TEST(Load, TakesDevicesOrTheirNumber) {
  EXPECT_EQ(load_error("device_count = 1\n[[devices]]\n"),
            "x.toml:1: key 'device_count': cannot be given beside [[devices]]");
}

TEST(Load, SectionsMustBeTables) {
  EXPECT_EQ(error_two("model = \"cnn\"\n"),
            "x.toml:2: key 'model': must be a table, [model], got the string \"cnn\"");
  EXPECT_EQ(error_two("[network.links]\nfrom = 1\n"),
            "x.toml:2: key 'network.links': must be a list of tables, [[network.links]], got a "
            "table");
}

TEST(Load, PathsAreRelativeToTheFile) {
  const TemporaryFile trace("load_test/links/lte.trace", "1\n2\n");
  const TemporaryFile file("load_test/one.toml",
                           "device_count = 2\n[network]\nbandwidth_model = \"trace\"\n"
                           "trace = \"links/lte.trace\"\n");
  const Scenario scenario = load_scenario(read_document(file.path()));
  EXPECT_EQ(fs::path(scenario.network.link.trace), trace.path().lexically_normal());
}

TEST(Load, PathsOfOverridesAreRelativeToTheWorkingDirectory) {
  const TemporaryFile profile("load_test/profile.json", "{}");
  const std::string relative = fs::relative(profile.path()).string();
  const Scenario scenario = load_two("cost.source = \"profile\"\n", {"cost.profile=" + relative});
  EXPECT_EQ(fs::path(scenario.cost.profile), profile.path().lexically_normal());
}

TEST(Load, FilesAndDirectoriesMustExist) {
  EXPECT_THAT(error_two("network.trace = \"lte.trace\"\n"),
              StartsWith("x.toml:2: key 'network.trace': there is no file \"lte.trace\" (looked "
                         "for /"));
  EXPECT_THAT(error_two("data.directory = \"none\"\n"),
              StartsWith("x.toml:2: key 'data.directory': there is no directory \"none\""));
  EXPECT_THAT(load_error("[[devices]]\nprofile = \"pi.json\"\n"),
              StartsWith("x.toml:2: key 'devices[0].profile': there is no file \"pi.json\""));
}

TEST(Load, SweepsAreSeveralScenarios) {
  EXPECT_THAT(error_two("[sweep]\nseed = [1, 2]\n"),
              EndsWith("key 'sweep': makes several scenarios of this file, where one is wanted"));
}

}  // namespace
}  // namespace acceptlab::scenarios
