#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "scenarios/resolved.h"
#include "tests/scenarios/scenario_text.h"

// The files in scenarios/ are right.
namespace acceptlab::scenarios {
namespace {

Document shipped(const std::string& name) {
  return read_document(std::filesystem::path(ACCEPTLAB_SOURCE_DIR) / "scenarios" / name);
}

TEST(Shipped, QuickRunIsOneScenario) {
  const Scenario scenario = load_scenario(shipped("quick_run.toml"));
  EXPECT_EQ(scenario.devices.size(), 3u);
}

TEST(Shipped, BandwidthSweepCrossesMethodsAndBandwidths) {
  const auto points = expand_sweep(shipped("bandwidth_sweep.toml"));
  std::set<Method> methods;
  std::set<double> bandwidths;
  for (const SweepPoint& point : points) {
    methods.insert(point.scenario.method);
    bandwidths.insert(point.scenario.network.link.bandwidth_mbit_s);
  }
  EXPECT_EQ(points.size(), methods.size() * bandwidths.size());
  EXPECT_EQ(*bandwidths.begin(), 1);
  EXPECT_EQ(*bandwidths.rbegin(), 1000);
  EXPECT_TRUE(methods.count(Method::kSingle));
  EXPECT_TRUE(methods.count(Method::kFtpipehdCodec));
  EXPECT_TRUE(methods.count(Method::kAccept));
}

TEST(Shipped, FidelityGridsHaveNoDelayAndDevicesThatOneProcessorCarries) {
  for (const char* name : {"fidelity.toml", "fidelity_variable.toml"}) {
    const auto points = expand_sweep(shipped(name));
    EXPECT_EQ(points.size(), std::string(name) == "fidelity.toml" ? 24u : 4u);
    for (const SweepPoint& point : points) {
      EXPECT_EQ(point.scenario.network.link.delay_ms, 0.0);
      double share = 0.0;
      for (const Device& device : point.scenario.devices) share += 1.0 / device.slowdown;
      EXPECT_LE(share, 0.9);
    }
  }
}

TEST(Shipped, VariableBandwidthHasSeveralModels) {
  std::set<BandwidthKind> kinds;
  for (const SweepPoint& point : expand_sweep(shipped("variable_bandwidth.toml"))) {
    kinds.insert(point.scenario.network.link.bandwidth_model);
  }
  EXPECT_GE(kinds.size(), 3u);
}

TEST(Shipped, AdaptiveBitsChoosesAmongAllThatItFixes) {
  const auto points = expand_sweep(shipped("paper/adaptive_bits.toml"));
  const CodecSettings& adaptive = points.back().scenario.codec;
  const auto has = [](const std::vector<std::string>& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  for (std::size_t p = 0; p + 1 < points.size(); ++p) {
    const CodecSettings& fixed = points[p].scenario.codec;
    ASSERT_EQ(fixed.forward_choices.size() * fixed.backward_choices.size(), 1u);
    EXPECT_TRUE(has(adaptive.forward_choices, fixed.forward_choices[0])) << p;
    EXPECT_TRUE(has(adaptive.backward_choices, fixed.backward_choices[0])) << p;
  }
}

TEST(Shipped, EveryPointLoadsAgainAndHasItsOwnHash) {
  for (const auto& entry : std::filesystem::directory_iterator(ACCEPTLAB_SOURCE_DIR "/scenarios")) {
    if (entry.path().extension() != ".toml") continue;
    std::set<std::string> hashes;
    const auto points = expand_sweep(read_document(entry.path()));
    for (const SweepPoint& point : points) {
      const std::string text = to_toml(point.scenario);
      EXPECT_EQ(to_toml(load(text)), text) << entry.path();
      hashes.insert(scenario_hash(point.scenario));
    }
    EXPECT_EQ(hashes.size(), points.size()) << entry.path();
  }
}

}  // namespace
}  // namespace acceptlab::scenarios
