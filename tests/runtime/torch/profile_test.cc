#include "runtime/torch/profile.h"

#include <gtest/gtest.h>

#include "runtime/base/result.h"
#include "runtime/torch/model.h"
#include "runtime/torch/setup.h"

namespace acceptlab::torch_stage {
namespace {

ProfileOptions quick() {
  initialise_torch(1);
  ProfileOptions options;
  options.model = {"cnn", 1.0, 10};
  options.batch_samples = 4;
  options.repetitions = 3;
  options.warmup = 1;
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
  const DeviceProfile profile = profile_units(quick());
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

TEST(Profile, RefusesCountsThatMeasureNothing) {
  ProfileOptions options = quick();
  options.repetitions = 0;
  EXPECT_THROW(profile_units(options), ConfigError);
  options.repetitions = 1;
  options.batch_samples = 0;
  EXPECT_THROW(profile_units(options), ConfigError);
}

}  // namespace
}  // namespace acceptlab::torch_stage
