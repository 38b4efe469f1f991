#include "scenarios/resolved.h"
#include "tests/scenarios/scenario_text.h"

// A key that changes nothing is a mistake worth telling (scenarios/effects.cc).
namespace acceptlab::scenarios {
namespace {

TEST(Effects, AKeyOfAnotherBandwidthModelIsAMistake) {
  EXPECT_EQ(error_two("network.markov_good_mbit_s = 50\n"),
            "x.toml:2: key 'network.markov_good_mbit_s': has no effect: it needs "
            "network.bandwidth_model = \"markov\"");
  EXPECT_EQ(error_two("network = {bandwidth_model = \"markov\", bandwidth_mbit_s = 5}\n"),
            "x.toml:2: key 'network.bandwidth_mbit_s': has no effect: it needs "
            "network.bandwidth_model = \"constant\" or \"random_walk\"");
}

TEST(Effects, OverridesWithoutEffectAreMistakes) {
  EXPECT_EQ(error_two("", {"network.markov_bad_mean_s=1"}),
            "--set network.markov_bad_mean_s=1: key 'network.markov_bad_mean_s': has no effect: it "
            "needs network.bandwidth_model = \"markov\"");
}

TEST(Effects, SweptKeysWithoutEffectAreMistakes) {
  EXPECT_EQ(sweep_error("network.bandwidth_model = \"markov\"\n[sweep]\n"
                        "\"network.bandwidth_mbit_s\" = [1, 2]\n"),
            "x.toml:4: key 'network.bandwidth_mbit_s': has no effect: it needs "
            "network.bandwidth_model = \"constant\" or \"random_walk\"");
}

TEST(Effects, CutsNeedTheGivenSolver) {
  EXPECT_EQ(error_two("partition.cuts = [3]\n"),
            "x.toml:2: key 'partition.cuts': has no effect: it needs partition.solver = \"given\"");
}

TEST(Effects, LinksAreJudgedByTheirOwnModel) {
  const std::string link = "[[network.links]]\nfrom = 0\nto = 1\n";
  EXPECT_EQ(error_two(link + "walk_step = 0.5\n"),
            "x.toml:5: key 'network.links[0].walk_step': has no effect: it needs "
            "network.links[].bandwidth_model = \"random_walk\"");
  const Scenario scenario =
      load_two("network.bandwidth_model = \"markov\"\nnetwork.markov_bad_mean_s = 1\n" + link +
               "bandwidth_model = \"random_walk\"\nwalk_step = 0.5\nmarkov_bad_mean_s = 1\n");
  EXPECT_EQ(scenario.network.direction(0, 1).walk_step, 0.5);
}

TEST(Effects, ValuesThatHoldAnywayAreAllowed) {
  EXPECT_EQ(load_two("network.markov_good_mbit_s = 100\n").network.link.markov_good_mbit_s, 100);
}

TEST(Effects, ADefaultThatAListedLinkInheritsHasAnEffect) {
  const Scenario scenario = load_two(
      "network.markov_bad_mean_s = 2\n[[network.links]]\nfrom = 0\nto = 1\nboth = "
      "false\nbandwidth_model = \"markov\"\n");
  EXPECT_EQ(scenario.network.direction(0, 1).markov_bad_mean_s, 2);
  EXPECT_EQ(to_toml(load(to_toml(scenario))), to_toml(scenario));
}

TEST(Effects, KeysWithoutEffectAreNotInForce) {
  const std::string file = "schedule = {weights = \"replicas\", aggregate_every_batches = 5}\n";
  const Scenario single = load_two(file, {"method=single"});
  EXPECT_EQ(single.schedule.weights, WeightPolicy::kStash);
  EXPECT_EQ(single.schedule.aggregate_every_batches, 20);
  EXPECT_EQ(to_toml(load(to_toml(single))), to_toml(single));
  EXPECT_EQ(scenario_hash(single), scenario_hash(load_two("method = \"single\"\n")));
}

TEST(Effects, FeedbackNeedsACodecOfItsDirection) {
  EXPECT_EQ(
      error_two("codec.activation_feedback = \"delta\"\n"),
      "x.toml:2: key 'codec.activation_feedback': has no effect: it needs codec.forward other "
      "than \"none\"");
  EXPECT_EQ(error_two("codec = {forward = \"mbq4\", gradient_feedback = \"error\"}\n"),
            "x.toml:2: key 'codec.gradient_feedback': has no effect: it needs codec.backward other "
            "than \"none\"");
  EXPECT_EQ(error_two("codec.delta_memory_mb = 5\n"),
            "x.toml:2: key 'codec.delta_memory_mb': has no effect: it needs "
            "codec.activation_feedback = \"delta\"");
  const Scenario both = load_two(
      "codec = {forward = \"mbq4\", backward = \"fp16\", activation_feedback = \"delta\", "
      "gradient_feedback = \"error\", delta_memory_mb = 5}\n");
  EXPECT_EQ(both.codec.activation_feedback, ActivationFeedback::kDelta);
  EXPECT_EQ(both.codec.gradient_feedback, GradientFeedback::kError);
  EXPECT_EQ(both.codec.delta_memory_mb, 5);
  EXPECT_EQ(to_toml(load(to_toml(both))), to_toml(both));
}

TEST(Effects, FeedbackWithoutACodecIsNotInForce) {
  const std::string file =
      "codec = {forward = \"mbq4\", activation_feedback = \"delta\", delta_memory_mb = 5}\n";
  const Scenario none = load_two(file, {"codec.forward=none"});
  EXPECT_EQ(none.codec.activation_feedback, ActivationFeedback::kNone);
  EXPECT_EQ(none.codec.delta_memory_mb, 2000);
  EXPECT_EQ(to_toml(load(to_toml(none))), to_toml(none));
  EXPECT_EQ(expand_sweep(document_of("device_count = 2\n" + file +
                                     "[sweep]\n\"codec.forward\" = [\"none\", \"mbq4\"]\n"))
                .size(),
            2u);
}

TEST(Effects, AFileMayServeEverySelectionOfASweepOrOverride) {
  const std::string file =
      "[network]\nbandwidth_model = \"markov\"\nmarkov_good_mbit_s = 50\nsteps = [[0, 1]]\n";
  EXPECT_EQ(load_two("[network]\nmarkov_good_mbit_s = 50\n", {"network.bandwidth_model=constant"})
                .network.link.bandwidth_model,
            BandwidthKind::kConstant);
  const auto points = expand_sweep(document_of(
      "device_count = 2\n" + file +
      "[sweep]\n\"network.bandwidth_model\" = [\"constant\", \"steps\", \"markov\"]\n"));
  EXPECT_EQ(points.size(), 3u);
}

TEST(Effects, AMethodFromOutsideMaySelect) {
  const std::string file = "schedule = {weights = \"replicas\", aggregate_every_batches = 5}\n";
  EXPECT_EQ(load_two(file, {"method=single"}).schedule.kind, ScheduleKind::kSingle);
  EXPECT_EQ(error_two("method = \"pipedream\"\nschedule.aggregate_every_batches = 5\n"),
            "x.toml:3: key 'schedule.aggregate_every_batches': has no effect: it needs "
            "schedule.weights = \"replicas\"");
}

}  // namespace
}  // namespace acceptlab::scenarios
