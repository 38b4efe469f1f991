#include "app/feedback_memory.h"

#include <gmock/gmock.h>

#include "runtime/base/result.h"

namespace acceptlab::app {
namespace {

using scenarios::ActivationFeedback;
using scenarios::GradientFeedback;
using testing::ElementsAre;
using testing::HasSubstr;

// Three stages; 100 values cross the first cut and 50 the second, of each of 1,000 samples.
struct ThreeStages {
  ThreeStages() {
    scenario.devices.resize(3);
    plan.stages = {{DeviceId{0}, {0, 1}}, {DeviceId{1}, {1, 3}}, {DeviceId{2}, {3, 4}}};
    DeviceProfile profile;
    for (const int values : {100, 9999, 50, 10}) {
      UnitProfile unit;
      unit.output_values = values;
      unit.parameter_values = 250'000;
      profile.units.push_back(unit);
    }
    profiles.assign(3, profile);
    shape.train_samples = 1000;
    shape.batch_samples = 32;
  }

  std::vector<Bytes> memory() const { return feedback_memory(scenario, plan, shape, profiles); }
  std::string error() const {
    try {
      memory();
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "no error";
  }

  scenarios::Scenario scenario;
  Plan plan;
  DeviceProfiles profiles;
  TrainingShape shape;
};

TEST(FeedbackMemory, IsNothingWithoutFeedback) {
  const ThreeStages run;
  EXPECT_THAT(run.memory(), ElementsAre(Bytes(0), Bytes(0), Bytes(0)));
  EXPECT_EQ(feedback_memory_text(run.memory()), "");
}

TEST(FeedbackMemory, OfDeltasIsEverySampleAtBothEndsOfACut) {
  ThreeStages run;
  run.scenario.codec.activation_feedback = ActivationFeedback::kDelta;
  EXPECT_THAT(run.memory(), ElementsAre(Bytes(400'000), Bytes(600'000), Bytes(200'000)));
  EXPECT_EQ(feedback_memory_text(run.memory()),
            "codec memory: 1.20 MB of feedback (stage 0: 0.40, stage 1: 0.60, stage 2: 0.20)");
}

TEST(FeedbackMemory, OfErrorsIsAMicroBatchAtTheSender) {
  ThreeStages run;
  run.scenario.codec.gradient_feedback = GradientFeedback::kError;
  EXPECT_THAT(run.memory(), ElementsAre(Bytes(0), Bytes(32 * 400), Bytes(32 * 200)));
  run.shape.micro_batches = 3;
  EXPECT_THAT(run.memory(), ElementsAre(Bytes(0), Bytes(11 * 400), Bytes(11 * 200)));
}

TEST(FeedbackMemory, OneStageHasNoLinks) {
  ThreeStages run;
  run.plan.stages = {{DeviceId{0}, {0, 4}}};
  run.scenario.codec.activation_feedback = ActivationFeedback::kDelta;
  run.scenario.codec.gradient_feedback = GradientFeedback::kError;
  EXPECT_THAT(run.memory(), ElementsAre(Bytes(0)));
}

TEST(FeedbackMemory, DeltasBeyondTheLimitAreRefused) {
  ThreeStages run;
  run.scenario.codec.activation_feedback = ActivationFeedback::kDelta;
  run.scenario.codec.delta_memory_mb = 1.2;
  EXPECT_EQ(run.error(), "no error");
  run.scenario.codec.delta_memory_mb = 1.19;
  EXPECT_EQ(run.error(),
            "codec.activation_feedback = \"delta\" would keep 1.20 MB, all training samples at "
            "both ends of every cut; codec.delta_memory_mb allows 1.19");
}

TEST(FeedbackMemory, ADeviceHoldsItsStageAndItsFeedback) {
  ThreeStages run;
  run.scenario.codec.activation_feedback = ActivationFeedback::kDelta;
  run.scenario.devices[1].memory_mb = 8.6;  // 2 units of 250,000 values times 4 bytes times 4
  EXPECT_EQ(run.error(), "no error");
  run.scenario.devices[1].memory_mb = 8.59;
  EXPECT_THAT(run.error(), HasSubstr("devices[1].memory_mb = 8.59 is too small: its stage needs "
                                     "8.00 MB for training and 0.60 MB"));
}

}  // namespace
}  // namespace acceptlab::app
