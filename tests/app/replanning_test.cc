#include "app/replanning.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "app/partition_problem.h"
#include "app/run_codecs.h"
#include "app/stages.h"
#include "app/timed_replanner.h"
#include "app/training_run.h"
#include "results/profile_json.h"
#include "runtime/base/rng.h"
#include "tests/app/even_profile.h"
#include "tests/results/temporary_folder.h"

namespace acceptlab::app {
namespace {

using namespace literals;  // NOLINT(google-build-using-namespace): units
using scenarios::Scenario;

DeviceProfile mobilenet() { return even_profile({"mobilenetv2", 0.25, 10}); }

// Three devices, of which device 1 becomes four times slower after 5 s; 200 mini-batches.
Scenario throttled() {
  Scenario scenario;
  scenario.model = {"mobilenetv2", 0.25, 10};
  scenario.training.batch_samples = 8;
  scenario.training.max_batches_per_epoch = 200;
  scenario.training.evaluate = false;
  scenario.schedule.weights = scenarios::WeightPolicy::kReplicas;
  scenario.partition.times = scenarios::TimeSource::kCapacity;
  scenario.adaptation.enabled = true;
  scenario.adaptation.replan_at_batches = {10, 100};
  scenario.devices.resize(3);
  for (std::size_t d = 0; d < 3; ++d) scenario.devices[d].name = std::to_string(d);
  scenario.devices[1].slowdown_steps = {{5.0, 4.0}};
  scenario.network.link.bandwidth_mbit_s = 200;
  scenario.network.model = scenarios::NetworkModel::kMessage;
  scenario.cost.source = scenarios::CostSource::kProfile;
  scenario.cost.numerics = false;
  return scenario;
}

class ThrottledRun : public testing::TestWithParam<scenarios::NetworkModel> {
 protected:
  ThrottledRun() : scenario(throttled()) {
    scenario.network.model = GetParam();
    scenario.cost.profile = (folder.path() / "profile.json").string();
    EXPECT_TRUE(results::write_profile(mobilenet(), scenario.cost.profile).ok());
  }
  results::RunSummary run(const std::string& name) const {
    return run_training({scenario, folder.path() / name, "test"});
  }
  std::string file(const std::string& run, const std::string& name) const {
    std::ifstream in(folder.path() / run / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  results::TemporaryFolder folder;
  Scenario scenario;
};
INSTANTIATE_TEST_SUITE_P(Networks, ThrottledRun,
                         testing::Values(scenarios::NetworkModel::kMessage,
                                         scenarios::NetworkModel::kPacket));

TEST_P(ThrottledRun, IsFasterAfterTheUnitsHaveMoved) {
  const results::RunSummary adapted = run("adapted");
  scenario.adaptation = {};
  const results::RunSummary plain = run("plain");
  ASSERT_EQ(adapted.repartitions.size(), 1u);
  EXPECT_TRUE(plain.repartitions.empty());
  const results::RepartitionSummary& move = adapted.repartitions[0];
  EXPECT_EQ(move.batch, 102);  // decided after 100, two more were under way
  EXPECT_GT(move.moved_bytes, 0);
  EXPECT_GT(move.drain_ms, 0.0);
  EXPECT_GT(move.move_ms, 0.0);
  // Most of the plain run is throttled: its median is the time per batch of the old plan then. By
  // hand: 4 * 7 units of 9 ms against at most 9 units on a fast and 3 on the slow device.
  ASSERT_TRUE(move.after_ms.has_value());
  EXPECT_LT(*move.after_ms, 0.5 * plain.median_time_per_batch_ms);
  EXPECT_LT(adapted.train_s, plain.train_s);  // what moving cost included
}

TEST_P(ThrottledRun, IsTheSameTwice) {
  run("first");
  run("second");
  for (const char* name : {"batches.csv", "progress.csv", "links.csv", "repartitions.csv",
                           "epochs.csv", "timeline.json", "summary.json"}) {
    EXPECT_EQ(file("first", name), file("second", name)) << name;
  }
  const std::string moves = file("first", "repartitions.csv");
  EXPECT_EQ(std::count(moves.begin(), moves.end(), '\n'), 2);  // columns and a row
}

TEST_P(ThrottledRun, StaysWhereTooFewBatchesAreLeft) {
  scenario.training.max_batches_per_epoch = 104;
  EXPECT_TRUE(run("short").repartitions.empty());
}

TEST_P(ThrottledRun, StaysWhereNothingChanges) {
  scenario.devices[1].slowdown_steps.clear();
  scenario.adaptation.replan_every_batches = 10;
  EXPECT_TRUE(run("calm").repartitions.empty());
}

// The replanner alone, told by hand what the devices take.
class SolvingReplannerTest : public testing::Test {
 protected:
  SolvingReplannerTest() : scenario(throttled()), profiles(3, mobilenet()) {
    const RunCodecs codecs = sizing_codecs(scenario);
    plan = make_plan(scenario, profiles, codecs);
    replanner = make(scenario);
  }
  std::unique_ptr<SolvingReplanner> make(const Scenario& of) const {
    const RunCodecs codecs = sizing_codecs(of);
    return std::make_unique<SolvingReplanner>(
        of, profiles, partition_problem(of, profiles, codecs),
        make_adaptive_forecaster(of, profiles), shape_of(of, 1600, 0),
        std::vector<Bytes>(profiles[0].units.size(), Bytes(100'000)));
  }
  void report(const std::vector<double>& factors) const { report(factors, *replanner); }
  // Every stage of the plan reports, its device being slower by these factors.
  void report(const std::vector<double>& factors, Replanner& to) const {
    for (const PlannedStage& stage : plan.stages) {
      const double ms =
          3.0 * stage.units.size() * factors[static_cast<std::size_t>(stage.device.value)];
      to.observe(stage.device, stage.units, {from_milliseconds(ms), from_milliseconds(2 * ms)});
    }
  }

  Scenario scenario;
  DeviceProfiles profiles;
  Plan plan;
  std::unique_ptr<SolvingReplanner> replanner;
};

TEST_F(SolvingReplannerTest, MovesWhenADeviceIsSlowerAndSaysWhatThatGains) {
  report({1, 4, 1});
  const auto answer = replanner->replan(plan, 1000);
  ASSERT_TRUE(answer.has_value());
  EXPECT_GT(answer->gain_per_batch, 100ms);
  EXPECT_GT(answer->move_cost, 0ms);
  int slow_units = 0;
  for (const PlannedStage& stage : answer->plan.stages) {
    if (stage.device == DeviceId{1}) slow_units = stage.units.size();
  }
  EXPECT_LT(slow_units, plan.stages.at(1).units.size());
}

TEST_F(SolvingReplannerTest, GoesBackWhenTheDeviceRecoversAndThenStays) {
  report({1, 4, 1});
  plan = replanner->replan(plan, 1000)->plan;
  EXPECT_FALSE(replanner->replan(plan, 1000).has_value()) << "moves without news";
  report({1, 1, 1});
  EXPECT_TRUE(replanner->replan(plan, 1000).has_value());
}

TEST_F(SolvingReplannerTest, StaysForTheLastFewBatches) {
  report({1, 4, 1});
  EXPECT_FALSE(replanner->replan(plan, 2).has_value());
}

TEST_F(SolvingReplannerTest, DoesNotThrashWhenTimesAreNoisy) {
  Rng rng(11, "noise");
  Scenario restless_scenario = scenario;
  restless_scenario.adaptation.min_gain = 0.0;
  const auto restless = make(restless_scenario);
  int restless_moves = 0;
  for (int i = 0; i < 200; ++i) {
    std::vector<double> factors;
    for (int d = 0; d < 3; ++d) {
      factors.push_back(0.96 + 0.08 * static_cast<double>(rng.below(1000)) / 1000.0);
    }
    report(factors, *replanner);
    report(factors, *restless);
    EXPECT_FALSE(replanner->replan(plan, 100'000).has_value()) << i;
    restless_moves += restless->replan(plan, 100'000).has_value() ? 1 : 0;
  }
  EXPECT_GT(restless_moves, 20) << "the noise does not change which plan is best";
}

// Answers nothing, slowly.
class SlowReplanner : public Replanner {
 public:
  void observe(DeviceId, UnitRange, const StageTime&) override { std::this_thread::sleep_for(1ms); }
  std::optional<Replan> replan(const Plan&, std::int64_t) override {
    std::this_thread::sleep_for(2ms);
    return std::nullopt;
  }
  std::optional<Plan> plan_on(const std::vector<DeviceId>&) override { return std::nullopt; }
};

TEST(TimedReplannerTest, CountsLearningAndDecidingApart) {
  const auto replanner = timed(std::make_unique<SlowReplanner>());
  for (int i = 0; i < 3; ++i) replanner->observe(DeviceId{0}, {0, 1}, {1ms, 1ms});
  EXPECT_EQ(replanner->cost().deciding, Duration(0));
  replanner->replan({}, 1);
  replanner->plan_on({DeviceId{0}});
  const results::AdaptationCost cost = replanner->cost();
  EXPECT_EQ(cost.observations, 3);
  EXPECT_EQ(cost.decisions, 2);
  EXPECT_GE(cost.learning, 3ms);
  EXPECT_GE(cost.deciding, 2ms);
  EXPECT_EQ(timed(nullptr), nullptr);
}

}  // namespace
}  // namespace acceptlab::app
