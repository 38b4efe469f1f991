#include "runtime/data/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/base/result.h"

namespace acceptlab::data {
namespace {

using ::testing::HasSubstr;

Dataset small() {
  Dataset set;
  set.channels = 2;
  set.height = 1;
  set.width = 2;
  set.classes = 3;
  set.images = {0, 255, 7, 7, 51, 204, 7, 7};
  set.labels = {0, 2};
  return set;
}

std::string error_of(const Dataset& set) {
  try {
    check_dataset(set, "here");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "none";
}

TEST(DatasetTest, MeanAndDeviationArePerChannel) {
  const ChannelStatistics statistics = channel_statistics(small());
  ASSERT_EQ(statistics.mean.size(), 2u);
  // Channel 0 holds 0, 1, 0.2, 0.8: mean 0.5, variance (0.25 + 0.25 + 0.09 + 0.09) / 4.
  EXPECT_NEAR(statistics.mean[0], 0.5, 1e-12);
  EXPECT_NEAR(statistics.deviation[0], 0.41231056256176607, 1e-12);
  EXPECT_NEAR(statistics.mean[1], 7.0 / 255.0, 1e-12);
}

TEST(DatasetTest, AConstantChannelHasDeviationOne) {
  EXPECT_EQ(channel_statistics(small()).deviation[1], 1.0);
}

TEST(DatasetTest, KeepFirstKeepsImagesWithTheirLabels) {
  Dataset set = small();
  keep_first(set, 5);
  EXPECT_EQ(set.size(), 2);
  keep_first(set, 1);
  EXPECT_EQ(set.labels, (std::vector<std::uint8_t>{0}));
  EXPECT_EQ(set.images, (std::vector<std::uint8_t>{0, 255, 7, 7}));
  EXPECT_EQ(error_of(set), "none");
}

TEST(DatasetTest, BrokenInvariantsAreNamed) {
  EXPECT_EQ(error_of(small()), "none");
  Dataset set = small();
  set.width = 0;
  EXPECT_THAT(error_of(set), HasSubstr("here: image dimensions must be at least 1"));
  set = small();
  set.classes = 257;
  EXPECT_THAT(error_of(set), HasSubstr("here: classes must be 1..256, have 257"));
  set = small();
  set.images.resize(4);
  EXPECT_THAT(error_of(set), HasSubstr("here: 2 labels, but 1 images"));
  set = small();
  set.labels[1] = 3;
  EXPECT_THAT(error_of(set), HasSubstr("here: label 3 of sample 1"));
}

}  // namespace
}  // namespace acceptlab::data
