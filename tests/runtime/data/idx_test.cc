#include "runtime/data/idx.h"

#include <gmock/gmock.h>

#include "tests/runtime/data/temporary_files.h"

namespace acceptlab::data {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class IdxTest : public TemporaryFiles {
 protected:
  // The error of loading these two files.
  std::string error_of(const TestBytes& images, const TestBytes& labels) {
    const std::string i = write("images", images);
    const std::string l = write("labels", labels);
    return config_error([&] { load_idx(i, l, 10); });
  }
  const TestBytes good_images_ = idx_file({3, 2, 4});
  const TestBytes good_labels_ = idx_file({3});
};

TEST_F(IdxTest, ReadsImagesAndLabelsPlainOrCompressed) {
  const Dataset plain = load_idx(write("i", good_images_), write("l", good_labels_), 10);
  EXPECT_EQ(plain.channels, 1);
  EXPECT_EQ(plain.height, 2);
  EXPECT_EQ(plain.width, 4);
  EXPECT_EQ(plain.classes, 10);
  EXPECT_FALSE(plain.synthetic);
  EXPECT_EQ(plain.labels, (TestBytes{0, 1, 2}));
  ASSERT_EQ(plain.images.size(), 24u);
  EXPECT_EQ(plain.images[23], 23);
  const Dataset packed =
      load_idx(write("i", gzip(good_images_)), write("l", gzip(good_labels_)), 10);
  EXPECT_EQ(packed.images, plain.images);
  EXPECT_EQ(packed.labels, plain.labels);
}

TEST_F(IdxTest, FourDimensionsHaveChannels) {
  const Dataset set = load_idx(write("i", idx_file({3, 3, 2, 4})), write("l", good_labels_), 10);
  EXPECT_EQ(set.channels, 3);
  EXPECT_EQ(set.height, 2);
  EXPECT_EQ(set.width, 4);
  EXPECT_EQ(set.images.size(), 72u);
}

TEST_F(IdxTest, EveryTruncationIsRefused) {
  for (std::size_t size = 0; size < good_images_.size(); ++size) {
    const TestBytes part(good_images_.begin(),
                         good_images_.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_THAT(error_of(part, good_labels_), HasSubstr(path("images") + ": ")) << size;
  }
  for (std::size_t size = 0; size < good_labels_.size(); ++size) {
    const TestBytes part(good_labels_.begin(),
                         good_labels_.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_THAT(error_of(good_images_, part), HasSubstr(path("labels") + ": ")) << size;
  }
}

TEST_F(IdxTest, TruncationSaysWhatIsThereAndWhatIsNeeded) {
  const TestBytes part(good_images_.begin(), good_images_.end() - 1);
  EXPECT_THAT(error_of(part, good_labels_),
              HasSubstr("truncated: 39 bytes, dimensions 3 x 2 x 4 need 40"));
}

TEST_F(IdxTest, TrailingBytesAreRefused) {
  TestBytes longer = good_labels_;
  longer.push_back(0);
  EXPECT_THAT(error_of(good_images_, longer),
              HasSubstr(path("labels") + ": trailing bytes after the 11 that dimensions 3 need"));
}

TEST_F(IdxTest, AWrongMagicNumberIsRefused) {
  EXPECT_THAT(error_of(good_labels_, good_labels_),
              HasSubstr("magic number 0x00000801, expected 0x00000803 or 0x00000804"));
  EXPECT_THAT(error_of(good_images_, good_images_),
              HasSubstr("magic number 0x00000803, expected 0x00000801"));
  // Type 0x0d: float values.
  EXPECT_THAT(error_of(idx_header(0xd03, {3, 2, 4}), good_labels_), HasSubstr("0x00000d03"));
}

TEST_F(IdxTest, HugeAndOverflowingDimensionsAreRefusedWithoutReadingThem) {
  EXPECT_THAT(error_of(idx_header(0x803, {0x80000000, 1, 1}), good_labels_),
              HasSubstr("2147483648 x 1 x 1 need more than 2 GiB"));
  // The product is 2^64, which is 0 in 64 bits.
  EXPECT_THAT(error_of(idx_header(0x804, {65536, 65536, 65536, 65536}), good_labels_),
              HasSubstr("need more than 2 GiB"));
  EXPECT_THAT(error_of(idx_header(0x803, {0xffffffff, 0xffffffff, 0xffffffff}), good_labels_),
              HasSubstr("need more than 2 GiB"));
}

TEST_F(IdxTest, ALargeClaimOfASmallFileIsATruncation) {
  EXPECT_THAT(error_of(idx_header(0x803, {2000000, 28, 28}), good_labels_),
              HasSubstr("truncated: 16 bytes"));
}

TEST_F(IdxTest, AZeroDimensionIsRefused) {
  EXPECT_THAT(error_of(idx_header(0x803, {3, 0, 4}), good_labels_),
              HasSubstr("dimensions 3 x 0 x 4 contain a 0"));
}

TEST_F(IdxTest, CountsThatDifferAreRefused) {
  EXPECT_THAT(
      error_of(good_images_, idx_file({4})),
      AllOf(HasSubstr(path("labels") + ": 4 labels, but 3 images in "), HasSubstr(path("images"))));
}

TEST_F(IdxTest, ALabelOutOfRangeIsRefused) {
  TestBytes labels = good_labels_;
  labels[9] = 10;
  EXPECT_THAT(error_of(good_images_, labels),
              HasSubstr(path("labels") + ": label 10 of sample 1 (from 0) is not below the class "
                                         "count 10"));
}

}  // namespace
}  // namespace acceptlab::data
