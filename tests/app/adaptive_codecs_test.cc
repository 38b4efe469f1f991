// Codecs that the planner chooses for each cut, at the start and as the bandwidth changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "app/codec_quality.h"
#include "app/partition_problem.h"
#include "app/replanning.h"
#include "app/run_codecs.h"
#include "app/stages.h"
#include "app/training_run.h"
#include "results/profile_json.h"
#include "tests/app/even_profile.h"
#include "tests/results/temporary_folder.h"

namespace acceptlab::app {
namespace {

using namespace literals;  // NOLINT(google-build-using-namespace): units
using scenarios::Scenario;
using testing::HasSubstr;

DeviceProfile profile_of(const scenarios::ModelSettings& model) {
  DeviceProfile profile = even_profile({model.name, model.width, model.classes});
  for (const char* name : {"fp16", "mbq8", "mbq4", "mbq2", "suq8", "suq4"}) {
    profile.codecs[name] = {0.1, 0.1};
  }
  return profile;
}

// Three alike devices; what is between them decides.
Scenario choosing() {
  Scenario scenario;
  scenario.model = {"mobilenetv2", 0.25, 10};
  scenario.training.batch_samples = 8;
  scenario.training.max_batches_per_epoch = 160;
  scenario.training.evaluate = false;
  scenario.partition.times = scenarios::TimeSource::kCapacity;
  scenario.adaptation.enabled = true;
  scenario.adaptation.replan_at_batches = {10};
  scenario.adaptation.replan_every_batches = 10;
  scenario.codec.forward_choices = {"mbq2", "none", "mbq8"};
  scenario.codec.backward_choices = {"suq4", "suq8", "none"};
  scenario.devices.resize(3);
  for (std::size_t d = 0; d < 3; ++d) scenario.devices[d].name = std::to_string(d);
  scenario.network.link.bandwidth_mbit_s = 400;
  scenario.network.model = scenarios::NetworkModel::kMessage;
  scenario.cost.source = scenarios::CostSource::kProfile;
  scenario.cost.numerics = false;
  return scenario;
}

double lost_by(const Scenario& scenario, int codec) {
  const CodecName name = codec_names(scenario.codec).at(static_cast<std::size_t>(codec));
  return lost_of_activations(name.forward) + lost_of_gradients(name.backward);
}

// The most that a cut of the plan loses; -1: it has no cut.
double worst_of(const Scenario& scenario, const Plan& plan) {
  double worst = -1.0;
  for (int k = 0; k + 1 < plan.stage_count(); ++k) {
    worst = std::max(worst, lost_by(scenario, plan.stages[static_cast<std::size_t>(k)].codec));
  }
  return worst;
}

TEST(CodecQuality, MoreBitsLoseLess) {
  EXPECT_EQ(lost_of_activations("none"), 0.0);
  EXPECT_EQ(lost_of_gradients("none"), 0.0);
  EXPECT_LT(lost_of_activations("fp16"), lost_of_activations("mbq8"));
  for (int bits = 2; bits <= 8; ++bits) {
    const std::string more = std::to_string(bits);
    const std::string fewer = std::to_string(bits - 1);
    EXPECT_LT(lost_of_activations("mbq" + more), lost_of_activations("mbq" + fewer)) << bits;
    EXPECT_LT(lost_of_gradients("suq" + more), lost_of_gradients("suq" + fewer)) << bits;
  }
  EXPECT_NEAR(-10 * std::log10(lost_of_activations("mbq4")), 21.0, 2.0) << "dB";
}

TEST(CodecNames, AreEveryPairOfTheChoices) {
  scenarios::CodecSettings settings;
  settings.forward = "mbq4";
  ASSERT_EQ(codec_names(settings).size(), 1u);
  EXPECT_EQ(codec_names(settings)[0].text(), "mbq4/none");
  settings.forward_choices = {"mbq2", "mbq8"};
  ASSERT_EQ(codec_names(settings).size(), 2u);
  EXPECT_EQ(codec_names(settings)[1].text(), "mbq8/none");
  settings.backward_choices = {"suq4", "none"};
  ASSERT_EQ(codec_names(settings).size(), 4u);
  EXPECT_EQ(codec_names(settings)[1].text(), "mbq2/none");
  EXPECT_EQ(codec_names(settings)[2].text(), "mbq8/suq4");
}

class AdaptiveCodecs : public testing::Test {
 protected:
  Plan plan_at(double mbit_s) {
    scenario.network.link.bandwidth_mbit_s = mbit_s;
    return make_plan(scenario, DeviceProfiles(3, profile_of(scenario.model)),
                     sizing_codecs(scenario));
  }
  std::unique_ptr<SolvingReplanner> replanner() const {
    const DeviceProfile profile = profile_of(scenario.model);
    return std::make_unique<SolvingReplanner>(
        scenario, profiles, partition_problem(scenario, profiles, sizing_codecs(scenario)),
        make_adaptive_forecaster(scenario, profiles), shape_of(scenario, 1600, 0),
        std::vector<Bytes>(profile.units.size(), Bytes(100'000)));
  }
  // All links of the plan, both ways.
  static void report(double mbit_s, const Plan& plan, Replanner& to) {
    const BitsPerSecond rate(static_cast<std::int64_t>(mbit_s * 1e6));
    for (std::size_t k = 0; k + 1 < plan.stages.size(); ++k) {
      to.observe_link(plan.stages[k].device, plan.stages[k + 1].device, rate);
      to.observe_link(plan.stages[k + 1].device, plan.stages[k].device, rate);
    }
  }

  Scenario scenario = choosing();
  DeviceProfiles profiles{3, profile_of(scenario.model)};
};

TEST_F(AdaptiveCodecs, NothingIsLostWhereLinksAreFast) {
  const Plan plan = plan_at(400);
  EXPECT_EQ(plan.stage_count(), 3);
  EXPECT_EQ(worst_of(scenario, plan), 0.0);
}

TEST_F(AdaptiveCodecs, MoreIsLostTheSlowerTheLinks) {
  double before = 0.0;
  double most = 0.0;
  for (const double mbit_s : {400.0, 40.0, 8.0, 4.0, 2.0}) {
    const Plan plan = plan_at(mbit_s);
    if (plan.stage_count() < 3) break;  // no codec makes up for such links
    EXPECT_GE(worst_of(scenario, plan), before) << mbit_s;
    before = most = worst_of(scenario, plan);
  }
  EXPECT_GT(most, lost_by(scenario, 0) / 100) << "few bits are never needed";
}

TEST_F(AdaptiveCodecs, ToleranceBuysQuality) {
  scenario.codec.time_tolerance = 0.0;
  const Plan fast = plan_at(6);
  scenario.codec.time_tolerance = 1.0;
  const Plan fine = plan_at(6);
  EXPECT_LE(worst_of(scenario, fine), worst_of(scenario, fast));
  EXPECT_GE(fine.predicted_time, fast.predicted_time);
}

TEST_F(AdaptiveCodecs, OnlyTheSlowLinkGetsFewBits) {
  scenarios::LinkOverride slow;
  slow.from = 1;
  slow.to = 2;
  slow.link.bandwidth_mbit_s = 6.0;
  scenario.network.links = {slow};
  const Plan plan = plan_at(400);
  ASSERT_EQ(plan.stage_count(), 3);
  EXPECT_EQ(lost_by(scenario, plan.stages[0].codec), 0.0);
  EXPECT_GT(lost_by(scenario, plan.stages[1].codec), 0.0);
}

TEST_F(AdaptiveCodecs, FollowTheMeasuredRatesWithoutAMove) {
  const Plan fine = plan_at(400);
  const auto replanner = this->replanner();
  EXPECT_FALSE(replanner->replan(fine, 1000).has_value());
  report(8.0, fine, *replanner);
  const auto coarse = replanner->replan(fine, 1000);
  ASSERT_TRUE(coarse.has_value());
  EXPECT_TRUE(same_stages(coarse->plan, fine));
  EXPECT_GT(worst_of(scenario, coarse->plan), 0.0);
  EXPECT_GT(coarse->gain_per_batch, 0ms);
  EXPECT_EQ(coarse->move_cost, 0ms);
  EXPECT_FALSE(replanner->replan(coarse->plan, 1000).has_value()) << "changes without news";
  report(400.0, fine, *replanner);
  const auto again = replanner->replan(coarse->plan, 1000);
  ASSERT_TRUE(again.has_value()) << "quality is worth a change that gains no time";
  EXPECT_EQ(worst_of(scenario, again->plan), 0.0);
}

TEST_F(AdaptiveCodecs, MeasuredRatesDoNotMoveAPlanWithoutChoices) {
  scenario.codec = {};
  const Plan plan = plan_at(400);
  const auto replanner = this->replanner();
  report(1.0, plan, *replanner);
  EXPECT_FALSE(replanner->replan(plan, 1000).has_value());
}

class AdaptiveRun : public AdaptiveCodecs {
 protected:
  AdaptiveRun() { use(scenario.model); }
  void use(const scenarios::ModelSettings& model) {
    scenario.model = model;
    scenario.cost.profile = (folder.path() / "profile.json").string();
    EXPECT_TRUE(results::write_profile(profile_of(model), scenario.cost.profile).ok());
  }
  results::RunSummary run(const std::string& name) const {
    return run_training({scenario, folder.path() / name, "test"});
  }
  std::string file(const std::string& run, const std::string& name) const {
    std::ifstream in(folder.path() / run / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  void fall_and_rise() {
    scenario.network.link.bandwidth_model = scenarios::BandwidthKind::kSteps;
    scenario.network.link.steps = {{0.0, 400.0}, {3.0, 6.0}, {8.0, 400.0}};
  }
  void fix(const std::string& forward, const std::string& backward) {
    scenario.codec = {};
    scenario.codec.forward = forward;
    scenario.codec.backward = backward;
  }

  results::TemporaryFolder folder;
};

TEST_F(AdaptiveRun, ChangesCodecsWithTheBandwidth) {
  fall_and_rise();
  const results::RunSummary adaptive = run("adaptive");
  run("again");
  for (const char* name : {"batches.csv", "repartitions.csv", "summary.json", "timeline.json"}) {
    EXPECT_EQ(file("adaptive", name), file("again", name)) << name;
  }
  ASSERT_GE(adaptive.repartitions.size(), 2u);
  for (const results::RepartitionSummary& change : adaptive.repartitions) {
    EXPECT_EQ(change.moved_bytes, 0);
    EXPECT_EQ(change.drain_ms, 0.0);
  }
  EXPECT_THAT(adaptive.repartitions.back().plan_after, HasSubstr("(none) "));
  fix("none", "none");
  const results::RunSummary fine = run("fine");
  fix("mbq2", "suq4");
  const results::RunSummary coarse = run("coarse");
  EXPECT_LT(adaptive.train_s, fine.train_s);
  EXPECT_LT(adaptive.train_s, 1.15 * coarse.train_s);
  EXPECT_GT(*adaptive.activation_bits_per_value, 2 * *coarse.activation_bits_per_value);
  EXPECT_LT(*adaptive.activation_bits_per_value, *fine.activation_bits_per_value);
  EXPECT_NEAR(*fine.activation_bits_per_value, 32.0, 0.5);
  EXPECT_NEAR(*coarse.gradient_bits_per_value, 4.0, 0.5);
}

TEST_F(AdaptiveRun, OfOneChoiceIsThatCodec) {
  scenario.codec.forward_choices = {"mbq4"};
  scenario.codec.backward_choices = {"suq8"};
  run("chosen");
  fix("mbq4", "suq8");
  run("fixed");
  for (const char* name : {"batches.csv", "progress.csv", "repartitions.csv", "links.csv"}) {
    EXPECT_EQ(file("chosen", name), file("fixed", name)) << name;
  }
}

// With tensors: what is under way while codecs change is read all the same.
TEST_F(AdaptiveRun, TrainsThroughChanges) {
  use({"cnn", 1.0, 10});
  scenario.data.set = "synthetic";
  scenario.data.train_samples = 8 * 100;
  scenario.training.max_batches_per_epoch = 100;
  scenario.training.learning_rate = 0.01;
  scenario.cost.numerics = true;
  scenario.network.link.bandwidth_model = scenarios::BandwidthKind::kSteps;
  scenario.network.link.steps = {{0.0, 400.0}, {0.3, 2.0}, {1.0, 400.0}};
  const results::RunSummary adaptive = run("adaptive");
  EXPECT_GE(adaptive.repartitions.size(), 2u);
  EXPECT_EQ(adaptive.batches, 100);
  scenario.network.link.bandwidth_model = scenarios::BandwidthKind::kConstant;
  scenario.codec.forward_choices = {"mbq4"};
  scenario.codec.backward_choices = {"suq8"};
  run("chosen");
  fix("mbq4", "suq8");
  run("fixed");
  EXPECT_EQ(file("chosen", "progress.csv"), file("fixed", "progress.csv")) << "losses";
  EXPECT_NE(file("fixed", "progress.csv"), file("adaptive", "progress.csv"));
}

}  // namespace
}  // namespace acceptlab::app
