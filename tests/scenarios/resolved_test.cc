#include "scenarios/resolved.h"

#include <gmock/gmock.h>

#include "scenarios/schema.h"
#include "tests/scenarios/scenario_text.h"

namespace acceptlab::scenarios {
namespace {

using testing::HasSubstr;

constexpr const char* kRich = R"(
name = "a \"rich\" one"
seed = 12
method = "ftpipehd+codec"
[training]
lr_milestones = [3, 7]
weight_decay = 1e-7
[codec]
forward = "fp16"
[network]
bandwidth_model = "steps"
steps = [[0, 10], [1.5, 0.1]]
steps_period_s = 3
[[network.links]]
from = 1
to = 0
both = false
bandwidth_model = "markov"
markov_bad_mean_s = 0.25
[[devices]]
memory_mb = 100.5
[[devices]]
slowdown = 3.3
slowdown_steps = [[10, 2], [20, 1]]
[[faults]]
kind = "pause"
at_s = 1.5
device = 1
)";

TEST(Resolved, LoadsAgainAsTheSameScenario) {
  const std::string once = to_toml(load(kRich));
  EXPECT_EQ(to_toml(load(once)), once);
}

TEST(Resolved, EveryMethodLoadsAgain) {
  for (const char* method :
       {"single", "even", "pipedream", "ftpipehd", "ftpipehd+codec", "custom"}) {
    const std::string once = to_toml(load_two("method = \"" + std::string(method) + "\"\n"));
    EXPECT_EQ(to_toml(load(once)), once);
    EXPECT_THAT(once, HasSubstr("method = \"" + std::string(method) + "\"\n"));
  }
}

TEST(Resolved, ShowsWhatIsInForce) {
  const std::string text = to_toml(load_two("method = \"ftpipehd\"\ncodec.forward = \"mbq4\"\n"));
  EXPECT_THAT(text, HasSubstr("\n[codec]\nforward = \"none\"\nbackward = \"none\"\n"));
  EXPECT_THAT(text, HasSubstr("\nweights = \"replicas\"\n"));
  EXPECT_THAT(text, HasSubstr("\n[[devices]]\nname = \"device1\"\n"));
  EXPECT_THAT(text, HasSubstr("# memory_mb is not set\n"));
}

TEST(Resolved, HasEveryKeyOfTheSchema) {
  const std::string text = to_toml(load(kRich));
  for (const Key& key : schema()) {
    if (key.path == "device_count") continue;  // spelt out as [[devices]]
    const std::string leaf = key.path.substr(key.path.rfind('.') + 1);
    EXPECT_TRUE(testing::Value(text, HasSubstr("\n" + leaf + " = ")) ||
                testing::Value(text, testing::StartsWith(leaf + " = ")))
        << key.path;
  }
}

TEST(Resolved, HashTellsScenariosApart) {
  const std::string hash = scenario_hash(load(kRich));
  EXPECT_EQ(hash.size(), 16u);
  EXPECT_EQ(hash, scenario_hash(load(to_toml(load(kRich)))));
  EXPECT_NE(hash, scenario_hash(load(kRich, {"seed=13"})));
  EXPECT_NE(hash, scenario_hash(load(kRich, {"devices[1].slowdown=3.4"})));
}

// Finished points of a sweep are recognised by their hash: it must not change from release to
// release unless the keys do. A new key changes it; then write the new value here.
TEST(Resolved, HashIsStable) {
  EXPECT_EQ(scenario_hash(load("device_count = 3\n")), "c820f8e423952013");
}

TEST(Resolved, HashFollowsTheContentOfFilesNotTheirNames) {
  const TemporaryFile profile("resolved_test_a.json", "{\"times\": [1]}");
  const TemporaryFile copy("resolved_test_b.json", "{\"times\": [1]}");
  const std::string scenario = "cost.source = \"profile\"\ncost.profile = \"resolved_test_";
  const std::string before = scenario_hash(load_two(scenario + "a.json\"\n"));
  EXPECT_EQ(before, scenario_hash(load_two(scenario + "b.json\"\n")));
  profile.write("{\"times\": [2]}");
  EXPECT_NE(before, scenario_hash(load_two(scenario + "a.json\"\n")));
}

}  // namespace
}  // namespace acceptlab::scenarios
