#include "app/run_codecs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "app/profiles.h"
#include "runtime/base/rng.h"
#include "runtime/data/dataset_source.h"
#include "runtime/torch/stage.h"
#include "tests/fakes/scripted_replanner.h"

namespace acceptlab::app {
namespace {

using torch_stage::Direction;
using Values = std::vector<float>;

constexpr std::size_t kValues = 4096;  // of a sample

// Two stages; each epoch is one mini-batch of two samples.
struct TwoStages {
  TwoStages() {
    scenario.devices.resize(2);
    scenario.codec.forward = "mbq2";
    scenario.codec.backward = "suq2";
    shape.train_samples = 2;
    shape.batch_samples = 2;
    profiles.resize(2);
  }

  RunCodecs make() const { return make_codecs(scenario, plans, shape, profiles, meter); }

  scenarios::Scenario scenario;
  PlanHistory plans{fakes::plan_up_to({{0, 1}, {1, 2}})};
  TrainingShape shape;
  DeviceProfiles profiles;
  LinkMeter meter;
};

Values random_values(std::uint64_t seed) {
  Rng rng(seed, "run codecs");
  Values values(2 * kValues);
  for (float& value : values) value = static_cast<float>(rng.normal());
  return values;
}

Values send(TensorCodec& codec, const Values& values, TensorId id) {
  const auto bytes = codec.encode(values, id);
  EXPECT_TRUE(bytes.ok());
  Values decoded(values.size());
  EXPECT_TRUE(codec.decode(Span<const std::uint8_t>(bytes.value()), id, decoded).ok());
  return decoded;
}

double error_of(const Values& decoded, const Values& values) {
  double sum = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sum += std::pow(double{decoded[i]} - values[i], 2);
  }
  return sum / static_cast<double>(values.size());
}

TEST(RunCodecs, WithoutFeedbackForgetEveryMessage) {
  const RunCodecs codecs = TwoStages().make();
  const Values values = random_values(1);
  const TensorId id = torch_stage::tensor_id(0, Direction::kActivation, BatchKey{});
  EXPECT_EQ(send(*codecs[0].forward, values, id), send(*codecs[0].forward, values, id));
}

TEST(RunCodecs, DeltasFollowASampleThroughTheOrderOfEveryEpoch) {
  TwoStages run;
  run.scenario.codec.activation_feedback = scenarios::ActivationFeedback::kDelta;
  const RunCodecs codecs = run.make();
  const Values samples = random_values(1);
  double first = 0.0;
  double error = 0.0;
  for (std::int32_t epoch = 0; epoch < 8; ++epoch) {
    const BatchKey key{Phase::kTrain, epoch, 0, 0};
    const TensorId id = torch_stage::tensor_id(0, Direction::kActivation, key);
    Values values;  // the two samples in the order of the epoch
    for (const std::int64_t sample :
         data::epoch_order(2, static_cast<std::uint64_t>(run.scenario.seed), epoch)) {
      const auto begin = samples.begin() + sample * static_cast<std::int64_t>(kValues);
      values.insert(values.end(), begin, begin + kValues);
    }
    error = error_of(send(*codecs[0].forward, values, id), values);
    if (epoch == 0) first = error;
  }
  EXPECT_LT(error, 1e-3 * first);
}

TEST(RunCodecs, ErrorFeedbackMakesSumsArrive) {
  TwoStages run;
  const auto error_of_sum = [&run] {
    const RunCodecs codecs = run.make();
    const Values values = random_values(2);
    Values sent(values.size());
    Values arrived(values.size());
    for (std::int32_t batch = 0; batch < 32; ++batch) {
      const BatchKey key{Phase::kTrain, 0, batch, 0};
      const TensorId id = torch_stage::tensor_id(1, Direction::kGradient, key);
      const Values decoded = send(*codecs[0].backward, values, id);
      for (std::size_t i = 0; i < values.size(); ++i) {
        sent[i] += values[i];
        arrived[i] += decoded[i];
      }
    }
    return error_of(arrived, sent);
  };
  const double without = error_of_sum();
  run.scenario.codec.gradient_feedback = scenarios::GradientFeedback::kError;
  EXPECT_LT(error_of_sum(), without / 4);
}

TEST(RunCodecs, ZstdIsLeftOutWhereTheLinkIsFast) {
  TwoStages run;
  run.scenario.codec.forward = "uniform8-zstd";
  for (DeviceProfile& profile : run.profiles) profile.codecs[kZstdSpeed] = {2.0, 2.0};
  const RunCodecs codecs = run.make();
  Values values(2 * kValues);
  for (std::size_t i = 0; i < values.size(); i += 16) values[i] = static_cast<float>(i % 48);
  const TensorId id = torch_stage::tensor_id(0, Direction::kActivation, BatchKey{});
  const auto size = [&] { return codecs[0].forward->encode(values, id).value().size(); };
  const std::size_t deflated = size();  // nothing is known of the link: bytes are all that counts
  const auto deliver = [&run](Bytes bytes) {
    run.meter.add({DeviceId{0}, DeviceId{1}, FrameKind::kActivation, BatchKey{}, bytes, TimePoint{},
                   TimePoint(Duration(1'000'000'000))});
  };
  deliver(Bytes(1'000'000'000'000));
  EXPECT_GT(size(), 2 * deflated);
  EXPECT_EQ(static_cast<std::int64_t>(size()),
            sizing_codecs(run.scenario)[0].forward->encoded_size(values.size()).count());
}

TEST(RunCodecs, SizesDoNotDependOnFeedback) {
  TwoStages run;
  run.scenario.codec.activation_feedback = scenarios::ActivationFeedback::kDelta;
  run.scenario.codec.gradient_feedback = scenarios::GradientFeedback::kError;
  const RunCodecs codecs = run.make();
  const RunCodecs sizing = sizing_codecs(run.scenario);
  EXPECT_EQ(codecs[0].forward->encoded_size(1000), sizing[0].forward->encoded_size(1000));
  EXPECT_EQ(codecs[0].backward->encoded_size(1000), sizing[0].backward->encoded_size(1000));
}

TEST(RunCodecs, GroupsAreThoseOfTheScenario) {
  TwoStages run;
  const auto size = [&run] { return run.make()[0].forward->encoded_size(8192); };
  const Bytes by_itself = size();
  run.scenario.codec.group_values = 64;
  EXPECT_GT(size(), by_itself);
}

}  // namespace
}  // namespace acceptlab::app
