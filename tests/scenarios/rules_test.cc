#include "scenarios/rules.h"

#include "scenarios/resolved.h"
#include "tests/scenarios/scenario_text.h"

namespace acceptlab::scenarios {
namespace {

constexpr const char* kGpipe = "[schedule]\nkind = \"gpipe\"\n";

TEST(Rules, DeviceNamesAreUnique) {
  EXPECT_EQ(load_error("[[devices]]\nname = \"a\"\n[[devices]]\nname = \"a\"\n"),
            "x.toml:4: key 'devices[1].name': must be unique, but devices[0] has the name \"a\", "
            "too");
}

TEST(Rules, AsynchronousTrainingHasNoMicroBatches) {
  EXPECT_EQ(error_two("training.micro_batches = 2\n"),
            "x.toml:2: key 'training.micro_batches': must be 1 with schedule.kind = \"1f1b\", got "
            "2");
  EXPECT_EQ(load_two("training.micro_batches = 2\n" + std::string(kGpipe)).training.micro_batches,
            2);
}

TEST(Rules, OnlyTheSolverOrdersDevices) {
  EXPECT_EQ(load_two("partition.mode = \"free\"\n").partition.mode, DeviceOrder::kFree);
  EXPECT_EQ(error_two("partition.mode = \"free\"\npartition.solver = \"even\"\n"),
            "x.toml:2: key 'partition.mode': must not be \"free\" with partition.solver = "
            "\"even\", which orders nothing");
}

TEST(Rules, TheMakespanIsThatOfASynchronousSchedule) {
  const std::string makespan = "partition.objective = \"makespan\"\n";
  EXPECT_EQ(error_two(makespan),
            "x.toml:2: key 'partition.objective': must be \"bottleneck\" unless schedule.kind = "
            "\"gpipe\": only there a mini-batch ends before the next begins");
  EXPECT_EQ(load_two(makespan + kGpipe).partition.objective, PlanObjective::kMakespan);
}

TEST(Rules, AdaptationNeedsSomethingToLearnAndToChoose) {
  const std::string on = "adaptation.enabled = true\n";
  const std::string capacity = "partition.times = \"capacity\"\n";
  EXPECT_TRUE(load_two(on + capacity).adaptation.enabled);
  EXPECT_EQ(error_two(on),
            "x.toml:2: key 'adaptation.enabled': must be false unless partition.times = "
            "\"capacity\" or \"predictor\", which learn from reported times");
  EXPECT_EQ(error_two(on + "partition.solver = \"even\"\n").substr(0, 66),
            "x.toml:2: key 'adaptation.enabled': must be false unless partition");
  EXPECT_EQ(error_two("adaptation = {enabled = true, replan_at_batches = []}\n" + capacity),
            "x.toml:2: key 'adaptation.replan_at_batches': must name a batch, or "
            "replan_every_batches must be above 0");
  EXPECT_EQ(error_two("adaptation.min_gain = 0.2\n"),
            "x.toml:2: key 'adaptation.min_gain': has no effect: it needs adaptation.enabled = "
            "true");
}

TEST(Rules, ThePredictorHasAFile) {
  EXPECT_EQ(error_two("partition.times = \"predictor\"\n"),
            "x.toml:2: key 'partition.predictor': must be given with partition.times = "
            "\"predictor\"");
}

TEST(Rules, MicroBatchesAreNotEmpty) {
  EXPECT_EQ(error_two("training = {batch_samples = 4, micro_batches = 8}\n" + std::string(kGpipe)),
            "x.toml:2: key 'training.micro_batches': must be at most training.batch_samples = 4, "
            "got 8");
}

TEST(Rules, WarmUpLeavesBatchesToMeasure) {
  EXPECT_EQ(error_two("training.max_batches_per_epoch = 10\nresults.warmup_batches = 10\n"),
            "x.toml:3: key 'results.warmup_batches': leaves nothing to measure: an epoch has 10 "
            "batches");
  EXPECT_EQ(error_two("training.max_batches_per_epoch = 5\n"),
            "x.toml:2: key 'results.warmup_batches': leaves nothing to measure: an epoch has 5 "
            "batches");
}

TEST(Rules, SomeDataSetsNeedADirectory) {
  EXPECT_EQ(error_two("data.set = \"cifar10\"\n"),
            "x.toml:2: key 'data.directory': must be given with data.set = \"cifar10\"");
}

TEST(Rules, TheClassifierCoversTheClasses) {
  EXPECT_EQ(error_two("model.classes = 5\n"),
            "x.toml:2: key 'model.classes': must be 10 or more with data.set = \"fashion-mnist\", "
            "got 5");
  EXPECT_EQ(load_two("model.classes = 5\ndata.set = \"synthetic\"\n").model.classes, 5);
}

TEST(Rules, GroupsAreMultiplesOfEight) {
  EXPECT_EQ(load_two("codec.group_values = 512\n").codec.group_values, 512);
  EXPECT_EQ(load_two("").codec.group_values, 0);
  EXPECT_EQ(error_two("codec.group_values = 100\n"),
            "x.toml:2: key 'codec.group_values': must be a multiple of 8, got 100");
}

TEST(Rules, SizesThatDependOnValuesNeedTensors) {
  const TemporaryFile profile("rules_test_sizes.json", "{}");
  const std::string without =
      "cost = {source = \"profile\", profile = \"rules_test_sizes.json\", numerics = false}\n";
  EXPECT_EQ(error_two(without + "codec.forward = \"suq4-zeros\"\n"),
            "x.toml:3: key 'codec.forward': must have neither -zeros nor -zstd with cost.numerics "
            "= false: their sizes depend on the values, got \"suq4-zeros\"");
  EXPECT_EQ(error_two(without + "codec.backward = \"fp16-zstd\"\n"),
            "x.toml:3: key 'codec.backward': must have neither -zeros nor -zstd with cost.numerics "
            "= false: their sizes depend on the values, got \"fp16-zstd\"");
  EXPECT_EQ(error_two(without + "codec.forward_choices = [\"suq4\", \"fp16-zstd\"]\n"),
            "x.toml:3: key 'codec.forward_choices': must have neither -zeros nor -zstd with "
            "cost.numerics = false: their sizes depend on the values, got \"fp16-zstd\"");
  EXPECT_EQ(load_two(without + "codec.forward = \"suq4\"\n").codec.forward, "suq4");
  EXPECT_EQ(load_two("codec.backward = \"fp16-zstd\"\n").codec.backward, "fp16-zstd");
}

TEST(Rules, DifferencesNeedACodecForBothSigns) {
  const std::string delta = "codec.activation_feedback = \"delta\"\n";
  EXPECT_EQ(error_two(delta + "codec.forward = \"uniform4-relu6\"\n"),
            "x.toml:2: key 'codec.activation_feedback': differences are of both signs, which "
            "codec.forward = \"uniform4-relu6\" cannot send");
  for (const char* codec : {"mbq4", "uniform4-clip", "uniform4-range(-6:6)", "fp16"}) {
    const Scenario scenario = load_two(delta + "codec.forward = \"" + codec + "\"\n");
    EXPECT_EQ(scenario.codec.activation_feedback, ActivationFeedback::kDelta) << codec;
  }
}

TEST(Rules, CodecsAreChosenFromLists) {
  const Scenario scenario = load_two(
      "codec = {forward_choices = [\"mbq2\", \"mbq4-no-offset-greedy\"], backward = \"suq8\"}\n");
  EXPECT_EQ(scenario.codec.forward_choices,
            (std::vector<std::string>{"mbq2", "mbq4-greedy-no-offset"}));
  EXPECT_TRUE(scenario.codec.is_chosen());
  EXPECT_EQ(scenario.codec.backward, "suq8");
  EXPECT_EQ(scenario.codec.time_tolerance, 0.02);
  EXPECT_FALSE(load_two("codec.forward = \"mbq4\"\n").codec.is_chosen());
  const std::string text = to_toml(scenario);
  EXPECT_EQ(to_toml(load(text)), text);
}

TEST(Rules, ListsOfCodecsHaveEachOnce) {
  EXPECT_EQ(error_two("codec.forward_choices = [\"suq4\", \"suq4\"]\n"),
            "x.toml:2: key 'codec.forward_choices': must have each item once, got \"suq4\" twice");
  EXPECT_EQ(
      error_two("codec.forward_choices = \"suq4\"\n"),
      "x.toml:2: key 'codec.forward_choices': must be a list of texts in quotes, got the string "
      "\"suq4\"");
  EXPECT_NE(error_two("codec.forward_choices = [\"suq9\"]\n").find("each item codec \"suq9\""),
            std::string::npos);
}

TEST(Rules, AChoiceLeavesNothingToFixedCodecsAndFeedback) {
  const std::string choice = "codec.forward_choices = [\"mbq4\"]\n";
  EXPECT_EQ(error_two(choice + "codec.forward = \"mbq2\"\n"),
            "x.toml:3: key 'codec.forward': has no effect: it needs codec.forward_choices = []");
  EXPECT_EQ(error_two("codec.backward_choices = [\"suq4\"]\n"),
            "x.toml:2: key 'codec.backward_choices': has no effect: it needs codec.forward_choices "
            "other than []");
  EXPECT_EQ(error_two("codec.time_tolerance = 0.5\n"),
            "x.toml:2: key 'codec.time_tolerance': has no effect: it needs codec.forward_choices "
            "other than []");
  EXPECT_EQ(error_two(choice + "codec.backward = \"suq4\"\ncodec.gradient_feedback = \"error\"\n"),
            "x.toml:4: key 'codec.gradient_feedback': must be \"none\" with codecs to choose from: "
            "what feedback remembers belongs to one");
  EXPECT_EQ(error_two(choice + "schedule.kind = \"gpipe\"\npartition.objective = \"makespan\"\n"),
            "x.toml:2: key 'codec.forward_choices': must be empty with partition.objective = "
            "\"makespan\", which weighs no quality");
}

TEST(Rules, GivenCutsFitTheDevices) {
  EXPECT_EQ(error_two("partition.solver = \"given\"\n"),
            "x.toml:2: key 'partition.cuts': must be given with partition.solver = \"given\"");
  EXPECT_EQ(error_two("partition = {solver = \"given\", cuts = [3, 6]}\n"),
            "x.toml:2: key 'partition.cuts': makes 3 stages for 2 devices");
  EXPECT_EQ(load_two("partition = {solver = \"given\", cuts = [3]}\n").partition.cuts,
            std::vector<int>{3});
}

TEST(Rules, LinksJoinTwoDevicesOfTheScenario) {
  EXPECT_EQ(error_two("[[network.links]]\nfrom = 0\nto = 2\n"),
            "x.toml:4: key 'network.links[0].to': there is no device 2, the scenario has 2, "
            "counted from 0");
  EXPECT_EQ(error_two("[[network.links]]\nfrom = 1\nto = 1\n"),
            "x.toml:4: key 'network.links[0].to': a link cannot lead from a device to itself");
  EXPECT_EQ(error_two("[[network.links]]\nto = 1\n"),
            "x.toml:3: key 'network.links[0].from': must be given");
}

TEST(Rules, EachDirectionIsListedOnce) {
  EXPECT_EQ(error_two("[[network.links]]\nfrom = 0\nto = 1\n[[network.links]]\nfrom = 1\nto = 0\n"
                      "both = false\n"),
            "x.toml:6: key 'network.links[1].from': direction 1 -> 0 is set by network.links[0] "
            "already");
  const Scenario scenario = load_two(
      "[[network.links]]\nfrom = 0\nto = 1\nboth = false\ndelay_ms = 2\n[[network.links]]\nfrom = "
      "1\nto = 0\nboth = false\ndelay_ms = 3\n");
  EXPECT_EQ(scenario.network.direction(0, 1).delay_ms, 2);
  EXPECT_EQ(scenario.network.direction(1, 0).delay_ms, 3);
}

TEST(Rules, StepsStartAtZeroAndRepeatAfterTheLast) {
  const std::string model = "network.bandwidth_model = \"steps\"\n";
  EXPECT_EQ(error_two(model),
            "x.toml:2: key 'network.steps': must be given with "
            "bandwidth_model = \"steps\"");
  EXPECT_EQ(error_two(model + "network.steps = [[1, 5]]\n"),
            "x.toml:3: key 'network.steps': the first step must be at time 0");
  EXPECT_EQ(error_two(model + "network.steps = [[0, 5], [4, 1]]\nnetwork.steps_period_s = 4\n"),
            "x.toml:4: key 'network.steps_period_s': must be 0 or later than the last step");
}

TEST(Rules, TracesAreNamed) {
  EXPECT_EQ(error_two("network.bandwidth_model = \"trace\"\n"),
            "x.toml:2: key 'network.trace': must be given with "
            "bandwidth_model = \"trace\"");
}

TEST(Rules, WalksStayBetweenTheirBounds) {
  const std::string model = "network.bandwidth_model = \"random_walk\"\n";
  EXPECT_EQ(error_two(model + "network.walk_min_mbit_s = 200\nnetwork.bandwidth_mbit_s = 200\n"),
            "x.toml:3: key 'network.walk_min_mbit_s': must be less than walk_max_mbit_s\n"
            "x.toml:4: key 'network.bandwidth_mbit_s': the walk must start between its lowest and "
            "its highest bandwidth");
}

TEST(Rules, MessageNetworksHaveNoLossAndNoQueue) {
  EXPECT_EQ(error_two("network = {model = \"message\", loss_rate = 0.01}\n"),
            "x.toml:2: key 'network.loss_rate': must be 0 with network.model = \"message\": use "
            "\"packet\"");
  EXPECT_EQ(error_two("network.model = \"message\"\n[[network.links]]\nfrom = 0\nto = 1\n"
                      "queue_packets = 10\n"),
            "x.toml:6: key 'network.links[0].queue_packets': must be 0 with network.model = "
            "\"message\": use \"packet\"");
}

TEST(Rules, MeasuringNeedsTensors) {
  EXPECT_EQ(error_two("cost.numerics = false\n"),
            "x.toml:2: key 'cost.numerics': must be true with cost.source = \"measured\": nothing "
            "is measured without tensors");
}

TEST(Rules, RecordedCostsNeedAProfileForEveryDevice) {
  EXPECT_EQ(error_two("cost.source = \"profile\"\n"),
            "x.toml:2: key 'cost.profile': must be given with cost.source = "
            "\"profile\": devices[0] has no profile of its own\n"
            "x.toml:2: key 'cost.profile': must be given with cost.source = "
            "\"profile\": devices[1] has no profile of its own");
  const TemporaryFile own("rules_test_own.json", "{}");
  const std::string devices =
      "cost.source = \"profile\"\n[[devices]]\nprofile = \"rules_test_own.json\"\n";
  EXPECT_EQ(load(devices).devices[0].profile, own.path().lexically_normal().string());
}

}  // namespace
}  // namespace acceptlab::scenarios
