#include "scenarios/methods.h"

#include <filesystem>
#include <fstream>

#include "scenarios/resolved.h"
#include "tests/scenarios/scenario_text.h"

namespace acceptlab::scenarios {
namespace {

TEST(Methods, PutTheirKeysInForce) {
  const Scenario single = load_two("method = \"single\"\n");
  EXPECT_EQ(single.schedule.kind, ScheduleKind::kSingle);

  const Scenario even = load_two("method = \"even\"\n");
  EXPECT_EQ(even.partition.solver, Solver::kEven);
  EXPECT_EQ(even.partition.mode, DeviceOrder::kFixedAll);

  const Scenario pipedream = load_two("method = \"pipedream\"\n");
  EXPECT_EQ(pipedream.schedule.weights, WeightPolicy::kStash);
  EXPECT_EQ(pipedream.partition.times, TimeSource::kEqual);
  EXPECT_EQ(pipedream.partition.mode, DeviceOrder::kFixedSkip);

  const Scenario ftpipehd = load_two("method = \"ftpipehd\"\n");
  EXPECT_EQ(ftpipehd.schedule.weights, WeightPolicy::kReplicas);
  EXPECT_EQ(ftpipehd.partition.times, TimeSource::kCapacity);
  EXPECT_EQ(ftpipehd.codec.forward, "none");
}

TEST(Methods, FtpipehdWithCodecHasItsOwnDefaults) {
  const Scenario silent = load_two("method = \"ftpipehd+codec\"\n");
  EXPECT_EQ(silent.schedule.weights, WeightPolicy::kReplicas);
  EXPECT_EQ(silent.codec.forward, "mbq5");
  EXPECT_EQ(silent.codec.backward, "suq3");
  const Scenario given = load_two("method = \"ftpipehd+codec\"\ncodec.forward = \"fp16\"\n");
  EXPECT_EQ(given.codec.forward, "fp16");
  EXPECT_EQ(given.codec.backward, "suq3");
}

TEST(Methods, MethodsWithoutCodecSendUncompressed) {
  const std::string codec =
      "[codec]\nforward = \"mbq2\"\nbackward = \"suq4\"\ngroup_values = 64\n"
      "activation_feedback = \"delta\"\ngradient_feedback = \"error\"\n";
  for (const char* method : {"single", "even", "pipedream", "ftpipehd"}) {
    const Scenario scenario = load_two("method = \"" + std::string(method) + "\"\n" + codec);
    EXPECT_EQ(scenario.codec.forward, "none") << method;
    EXPECT_EQ(scenario.codec.backward, "none") << method;
    EXPECT_EQ(scenario.codec.activation_feedback, ActivationFeedback::kNone) << method;
    EXPECT_EQ(scenario.codec.gradient_feedback, GradientFeedback::kNone) << method;
    EXPECT_EQ(scenario.codec.group_values, 0) << method;
  }
  const Scenario custom = load_two("method = \"custom\"\n" + codec);
  EXPECT_EQ(custom.codec.forward, "mbq2");
  EXPECT_EQ(custom.codec.gradient_feedback, GradientFeedback::kError);
}

std::string predictor_file() {
  std::ofstream(std::filesystem::path(testing::TempDir()) / "p.predictor") << "x";
  return "partition.predictor = \"p.predictor\"\n";
}

TEST(Methods, AcceptPredictsCompressesSkipsAndAdapts) {
  const Scenario accept = load_two("method = \"accept\"\n" + predictor_file());
  EXPECT_EQ(accept.partition.times, TimeSource::kPredictor);
  EXPECT_EQ(accept.partition.mode, DeviceOrder::kFixedSkip);
  EXPECT_EQ(accept.schedule.weights, WeightPolicy::kReplicas);
  EXPECT_TRUE(accept.adaptation.enabled);
  EXPECT_EQ(accept.codec.forward, "mbq5");
  EXPECT_EQ(accept.codec.backward, "suq3");
}

TEST(Methods, AcceptWithoutAPartDiffersInThatPartOnly) {
  const Scenario no_codec = load_two("method = \"accept-no-codec\"\n" + predictor_file());
  EXPECT_EQ(no_codec.codec.forward, "none");
  EXPECT_EQ(no_codec.partition.times, TimeSource::kPredictor);
  EXPECT_TRUE(no_codec.adaptation.enabled);
  const Scenario no_predictor = load_two("method = \"accept-no-predictor\"\n");
  EXPECT_EQ(no_predictor.codec.forward, "mbq5");
  EXPECT_EQ(no_predictor.partition.times, TimeSource::kCapacity);
  EXPECT_TRUE(no_predictor.adaptation.enabled);
}

TEST(Methods, AFlagThatContradictsNamesBothLines) {
  EXPECT_EQ(error_two("method = \"accept-no-predictor\"\nadaptation.enabled = false\n"),
            "x.toml:3: key 'adaptation.enabled': must be true with method = "
            "\"accept-no-predictor\" (x.toml:2), got false");
}

TEST(Methods, AContradictionNamesBothLines) {
  EXPECT_EQ(error_two("method = \"ftpipehd\"\n[schedule]\nweights = \"stash\"\n"),
            "x.toml:4: key 'schedule.weights': must be \"replicas\" with method = \"ftpipehd\" "
            "(x.toml:2), got \"stash\"");
  EXPECT_EQ(error_two("[partition]\nsolver = \"dp\"\n", {"method=even"}),
            "x.toml:3: key 'partition.solver': must be \"even\" with method = \"even\" (--set "
            "method=even), got \"dp\"");
}

TEST(Methods, AKeyMayRepeatWhatTheMethodSets) {
  EXPECT_EQ(load_two("method = \"even\"\npartition.solver = \"even\"\n").partition.solver,
            Solver::kEven);
}

TEST(Methods, EveryMethodButCustomHasARow) {
  std::vector<Method> found;
  for (const MethodRow& row : methods()) found.push_back(row.method);
  EXPECT_EQ(found, (std::vector<Method>{Method::kSingle, Method::kEven, Method::kPipedream,
                                        Method::kFtpipehd, Method::kFtpipehdCodec, Method::kAccept,
                                        Method::kAcceptNoCodec, Method::kAcceptNoPredictor}));
}

}  // namespace
}  // namespace acceptlab::scenarios
