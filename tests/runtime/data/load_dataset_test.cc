#include "runtime/data/load_dataset.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>

#include "tests/runtime/data/temporary_files.h"

namespace acceptlab::data {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class LoadDatasetTest : public TemporaryFiles {
 protected:
  LoadDatasetTest() { unsetenv("ACCEPTLAB_DATA"); }
  ~LoadDatasetTest() override { unsetenv("ACCEPTLAB_DATA"); }

  void write_idx(const std::string& folder, std::uint32_t train, std::uint32_t test) {
    write(folder + "train-images-idx3-ubyte.gz", gzip(idx_file({train, 2, 2})));
    write(folder + "train-labels-idx1-ubyte", idx_file({train}, 10));
    write(folder + "t10k-images-idx3-ubyte", idx_file({test, 2, 2}));
    write(folder + "t10k-labels-idx1-ubyte.gz", gzip(idx_file({test}, 10)));
  }
  DatasetOptions options(const std::string& set) const {
    DatasetOptions o;
    o.set = set;
    o.directory = directory_;
    return o;
  }
};

TEST_F(LoadDatasetTest, ReadsIdxPlainAndCompressedSideBySide) {
  write_idx("", 20, 12);
  const DatasetPair pair = load_dataset(options("idx"));
  EXPECT_EQ(pair.train.size(), 20);
  EXPECT_EQ(pair.test.size(), 12);
  EXPECT_EQ(pair.train.name, "idx");
}

TEST_F(LoadDatasetTest, LimitsKeepTheFirstSamples) {
  write_idx("", 20, 12);
  DatasetOptions o = options("idx");
  o.train_limit = 3;
  o.test_limit = 100;
  const DatasetPair pair = load_dataset(o);
  EXPECT_EQ(pair.train.labels, (TestBytes{0, 1, 2}));
  EXPECT_EQ(pair.train.images.size(), 12u);
  EXPECT_EQ(pair.test.size(), 12);
  o.train_limit = 0;
  EXPECT_THAT(config_error([&] { load_dataset(o); }), HasSubstr("train limit must be at least 1"));
}

TEST_F(LoadDatasetTest, TheClassCountIsChecked) {
  write_idx("", 20, 12);
  DatasetOptions o = options("idx");
  o.classes = 9;
  EXPECT_THAT(config_error([&] { load_dataset(o); }), HasSubstr("label 9 of sample 9"));
  o.classes = 0;
  EXPECT_THAT(config_error([&] { load_dataset(o); }), HasSubstr("classes must be 1..256, have 0"));
}

TEST_F(LoadDatasetTest, TrainingAndTestImagesMustAgree) {
  write_idx("", 20, 12);
  write("t10k-images-idx3-ubyte", idx_file({12, 2, 3}));
  EXPECT_THAT(config_error([&] { load_dataset(options("idx")); }),
              HasSubstr("training images are 1 x 2 x 2, test images 1 x 2 x 3"));
}

TEST_F(LoadDatasetTest, AMissingPartIsNamed) {
  write_idx("", 20, 12);
  std::filesystem::remove(path("t10k-labels-idx1-ubyte.gz"));
  EXPECT_THAT(config_error([&] { load_dataset(options("idx")); }),
              HasSubstr("t10k-labels-idx1-ubyte: no such file (nor with .gz)"));
}

TEST_F(LoadDatasetTest, TheEnvironmentNamesARootOfSets) {
  write_idx("fashion-mnist/", 20, 12);
  setenv("ACCEPTLAB_DATA", directory_.c_str(), 1);
  EXPECT_EQ(load_dataset({}).train.size(), 20);
  setenv("ACCEPTLAB_DATA", path("fashion-mnist").c_str(), 1);
  EXPECT_EQ(load_dataset({}).train.size(), 20);
}

TEST_F(LoadDatasetTest, AGivenDirectoryIsTheOnlyPlaceLookedAt) {
  write_idx("elsewhere/", 20, 12);
  setenv("ACCEPTLAB_DATA", path("elsewhere").c_str(), 1);
  EXPECT_THAT(config_error([&] { load_dataset(options("fashion-mnist")); }),
              AllOf(HasSubstr(directory_), Not(HasSubstr("elsewhere")),
                    HasSubstr("apt-get install dataset-fashion-mnist")));
}

TEST_F(LoadDatasetTest, AMissingSetNamesThePlacesLookedAt) {
  setenv("ACCEPTLAB_DATA", directory_.c_str(), 1);
  DatasetOptions o;
  o.set = "cifar10";
  EXPECT_THAT(config_error([&] { load_dataset(o); }),
              AllOf(HasSubstr("data set cifar10: no test_batch.bin"),
                    HasSubstr(path("cifar10") + ", " + directory_)));
  unsetenv("ACCEPTLAB_DATA");
  EXPECT_THAT(config_error([&] { load_dataset(o); }), HasSubstr("no directory is given"));
}

TEST_F(LoadDatasetTest, AnUnknownSetListsTheKnown) {
  EXPECT_THAT(config_error([&] { load_dataset(options("imagenet")); }),
              HasSubstr("data set \"imagenet\" is unknown; known: fashion-mnist, idx"));
}

TEST_F(LoadDatasetTest, SyntheticFollowsLimitsClassesAndSeed) {
  DatasetOptions o;
  o.set = "synthetic";
  o.train_limit = 2000;
  o.classes = 3;
  const DatasetPair pair = load_dataset(o);
  EXPECT_EQ(pair.train.size(), 2000);
  EXPECT_EQ(pair.test.size(), 256);
  EXPECT_EQ(pair.train.classes, 3);
  o.seed = 5;
  EXPECT_NE(load_dataset(o).train.images, pair.train.images);
}

TEST_F(LoadDatasetTest, FashionMnistIsThePublishedSet) {
  if (!std::filesystem::exists("/usr/share/datasets/fashion-mnist")) {
    GTEST_SKIP() << "package dataset-fashion-mnist is not installed";
  }
  const DatasetPair pair = load_dataset({});
  EXPECT_EQ(pair.train.size(), 60000);
  EXPECT_EQ(pair.test.size(), 10000);
  EXPECT_EQ(pair.train.height, 28);
  for (int c = 0; c < 10; ++c) {
    EXPECT_EQ(std::count(pair.train.labels.begin(), pair.train.labels.end(), c), 6000);
    EXPECT_EQ(std::count(pair.test.labels.begin(), pair.test.labels.end(), c), 1000);
  }
  // The mean and deviation that the literature gives for this set.
  const ChannelStatistics statistics = channel_statistics(pair.train);
  EXPECT_NEAR(statistics.mean[0], 0.2860, 5e-5);
  EXPECT_NEAR(statistics.deviation[0], 0.3530, 5e-5);
}

}  // namespace
}  // namespace acceptlab::data
