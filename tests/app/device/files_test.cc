#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "app/device/cluster.h"
#include "app/device/keyring.h"
#include "app/device/measured_scenario.h"
#include "runtime/base/result.h"
#include "tests/results/temporary_folder.h"

namespace acceptlab::app {
namespace {

using ::testing::HasSubstr;

// What the call throws.
std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

class Files : public ::testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& text) {
    std::ofstream(folder_.path() / name) << text;
    return folder_.path() / name;
  }
  results::TemporaryFolder folder_;
};

TEST_F(Files, KeyringSurvivesItsFile) {
  const std::vector<Keyring> made = make_keyrings({"central", "one"});
  write_keyring(made[0], folder_.path() / "a", false);
  const Keyring back = read_keyring(folder_.path() / "a");
  EXPECT_EQ(back.name, "central");
  EXPECT_EQ(back.keys.secret_key, made[0].keys.secret_key);
  EXPECT_EQ(back.known, made[0].known);
  EXPECT_EQ(back.known.at("one"), made[1].keys.public_key);
  EXPECT_THAT(error_of([&] { write_keyring(made[1], folder_.path() / "a", false); }),
              HasSubstr("it is not replaced"));
}

TEST_F(Files, KeyringSaysWhatIsWrong) {
  EXPECT_THAT(error_of([&] { read_keyring(folder_.path() / "none"); }), HasSubstr("keys new"));
  EXPECT_THAT(error_of([] { make_keyrings({"a", "a"}); }), HasSubstr("two devices are named 'a'"));
  EXPECT_THAT(error_of([] { make_keyrings({"a b"}); }), HasSubstr("no name of a device"));
  const std::vector<Keyring> made = make_keyrings({"a", "b"});
  Keyring mixed = made[0];
  mixed.keys.public_key = made[1].keys.public_key;
  write_keyring(mixed, folder_.path(), false);
  EXPECT_THAT(error_of([&] { read_keyring(folder_.path()); }), HasSubstr("do not belong together"));
  write("keyring.toml", "name = \"a\"\npublic_key = \"short\"\n");
  EXPECT_THAT(error_of([&] { read_keyring(folder_.path()); }), HasSubstr("'public_key' is no key"));
}

TEST_F(Files, ClusterListsDevicesInOrder) {
  const auto file = write("c.toml",
                          "[[devices]]\nname = \"b\"\naddress = \"tcp://10.0.0.1:7000\"\n"
                          "[[devices]]\nname = \"a\"\naddress = \"tcp://[::1]:7001\"\n");
  const std::vector<ClusterDevice> devices = read_cluster(file);
  ASSERT_EQ(devices.size(), 2U);
  EXPECT_EQ(devices[0].name, "b");
  EXPECT_EQ(devices[1].address, "tcp://[::1]:7001");
}

TEST_F(Files, ClusterSaysFileLineAndRule) {
  const auto error = [this](const std::string& text) {
    const auto file = write("c.toml", text);
    return error_of([&] { read_cluster(file); });
  };
  EXPECT_THAT(error("x = 1\n"), HasSubstr("c.toml:1: key 'x' is unknown"));
  EXPECT_THAT(error(""), HasSubstr("has no [[devices]]"));
  EXPECT_THAT(error("devices = 3\n"), HasSubstr("has no [[devices]]"));
  EXPECT_THAT(error("\n[[devices]]\nname = \"a\"\n"),
              HasSubstr("c.toml:2: a device needs 'address'"));
  EXPECT_THAT(error("[[devices]]\nname = \"a\"\naddress = \"10.0.0.1\"\n"),
              HasSubstr("'10.0.0.1' is not tcp://HOST:PORT"));
  EXPECT_THAT(error("[[devices]]\nname = \"a\"\naddress = \"tcp://x:1\"\nport = 3\n"),
              HasSubstr("c.toml:4: key 'port' is unknown"));
  EXPECT_THAT(error("[[devices]\n"), HasSubstr("c.toml:1"));
  const std::string twice = "[[devices]]\nname = \"a\"\naddress = \"tcp://x:1\"\n";
  EXPECT_THAT(error(twice + twice), HasSubstr("two devices are named 'a'"));
}

TEST_F(Files, MeasuredLinksStandInForConstantOnes) {
  MeasuredLinks links;
  links[{0, 1}] = {from_megabits_per_second(8.0), from_milliseconds(2.5)};
  links[{1, 0}] = {from_megabits_per_second(16.0), from_milliseconds(3.0)};
  write_links(links, folder_.path() / "l.csv");
  const MeasuredLinks back = read_links(folder_.path() / "l.csv");
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(back.at({1, 0}).rate, from_megabits_per_second(16.0));
  EXPECT_EQ(back.at({0, 1}).latency, from_milliseconds(2.5));

  scenarios::Scenario scenario;
  scenario.devices.resize(2);
  scenario.devices[1].slowdown = 4.0;
  const scenarios::Scenario measured = as_measured(scenario, back);
  EXPECT_EQ(measured.devices[1].slowdown, 1.0);
  EXPECT_DOUBLE_EQ(measured.network.direction(0, 1).delay_ms, 2.5);
  // What carries 8 Mbit/s of payload is a little wider.
  EXPECT_NEAR(measured.network.direction(0, 1).bandwidth_mbit_s, 8.0 * 1502 / 1448, 1e-3);

  scenario.network.link.bandwidth_model = scenarios::BandwidthKind::kSteps;
  scenario.network.link.steps = {{0.0, 5.0}};
  const scenarios::Scenario varying = as_measured(scenario, back);
  EXPECT_EQ(varying.network.direction(0, 1).bandwidth_model, scenarios::BandwidthKind::kSteps);
}

TEST_F(Files, MeasuredLinksSayFileAndLine) {
  const auto error = [this](const std::string& text) {
    const auto file = write("l.csv", text);
    return error_of([&] { read_links(file); });
  };
  const std::string header = "from_device,to_device,rate_mbit_s,latency_ms\n";
  EXPECT_THAT(error("a,b\n"), HasSubstr("not the columns of measured links"));
  EXPECT_THAT(error(header + "0,1,5,1\n0,2,fast,1\n"), HasSubstr("l.csv:3: 'fast' is no number"));
  EXPECT_THAT(error(header + "0,1,-5,1\n"), HasSubstr("l.csv:2: '-5'"));
  EXPECT_THAT(error(header + "0,1,nan,1\n"), HasSubstr("l.csv:2: 'nan'"));
}

}  // namespace
}  // namespace acceptlab::app
