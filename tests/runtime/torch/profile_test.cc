#include "runtime/torch/profile.h"

#include <gtest/gtest.h>

#include "runtime/base/result.h"
#include "runtime/torch/model.h"
#include "runtime/torch/setup.h"

namespace acceptlab::torch_stage {
namespace {

ProfileOptions quick(SubModels sub_models) {
  initialise_torch(1);
  ProfileOptions options;
  options.model = {"cnn", 1.0, 10};
  options.batch_samples = 4;
  options.repetitions = 3;
  options.warmup = 1;
  options.sub_models = sub_models;
  return options;
}

TEST(Profile, DescribesWhatCrossesEachCut) {
  const DeviceProfile profile = describe_model({"cnn", 1.0, 10});
  ASSERT_EQ(profile.units.size(), 5U);
  EXPECT_EQ(profile.model, "cnn");
  EXPECT_EQ(profile.units[1].name, "conv2");
  EXPECT_EQ(profile.units[1].output_shape, (std::vector<int>{16, 5, 5}));
  EXPECT_EQ(profile.units[1].output_values, 400);
  EXPECT_EQ(profile.units[1].parameter_values, 2416);
  EXPECT_EQ(profile.time({0, 5}).total(), Duration(0));
}

TEST(Profile, MeasuresEveryUnit) {
  const DeviceProfile profile = profile_model(quick(SubModels::kNone));
  EXPECT_EQ(profile.batch_samples, 4);
  EXPECT_TRUE(profile.sub_models.empty());
  EXPECT_TRUE(profile.codecs.empty());
  EXPECT_EQ(profile.environment.at("torch_threads"), "1");
  for (const UnitProfile& unit : profile.units) {
    EXPECT_GT(unit.forward.count(), 0) << unit.name;
    EXPECT_GT(unit.backward.count(), 0) << unit.name;
    EXPECT_GT(unit.update.count(), 0) << unit.name;
    EXPECT_GT(unit.parameter_values, 0) << unit.name;
  }
}

TEST(Profile, MeasuresEverySubModelAndReportsProgress) {
  ProfileOptions options = quick(SubModels::kAll);
  std::vector<int> done;
  int total = 0;
  options.progress = [&](int d, int t) {
    done.push_back(d);
    total = t;
  };
  const DeviceProfile profile = profile_model(options);
  EXPECT_EQ(profile.sub_models.size(), 10U);  // ranges of two and more of five units
  EXPECT_EQ(total, 11);
  ASSERT_EQ(done.size(), 11U);
  EXPECT_EQ(done.back(), total);
  for (const auto& [range, time] : profile.sub_models) {
    EXPECT_GE(range.size(), 2);
    EXPECT_GT(time.forward.count(), 0) << range;
    EXPECT_GT(time.backward.count(), 0) << range;
  }
}

TEST(Profile, RefusesCountsThatMeasureNothing) {
  ProfileOptions options = quick(SubModels::kNone);
  options.repetitions = 0;
  EXPECT_THROW(profile_model(options), ConfigError);
  options.repetitions = 1;
  options.batch_samples = 0;
  EXPECT_THROW(profile_model(options), ConfigError);
}

}  // namespace
}  // namespace acceptlab::torch_stage
