#include "runtime/data/cifar10.h"

#include <gmock/gmock.h>

#include "tests/runtime/data/temporary_files.h"

namespace acceptlab::data {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kRecord = 3073;

class Cifar10Test : public TemporaryFiles {
 protected:
  // Two records a file; the first byte of an image is the file's number.
  void write_all() {
    for (int file = 1; file <= 5; ++file) {
      write("data_batch_" + std::to_string(file) + ".bin", two_records(file));
    }
    write("test_batch.bin", two_records(6));
  }
  static TestBytes two_records(int file) {
    TestBytes bytes(2 * kRecord);
    bytes[0] = static_cast<std::uint8_t>(file);
    bytes[1] = static_cast<std::uint8_t>(file);
    bytes[kRecord] = 9;
    bytes[2 * kRecord - 1] = 77;  // last pixel
    return bytes;
  }
  std::string error() {
    return config_error([&] { load_cifar10(directory_, 2); });
  }
};

TEST_F(Cifar10Test, ReadsTheFilesInOrder) {
  write_all();
  const DatasetPair pair = load_cifar10(directory_, 2);
  EXPECT_EQ(pair.train.labels, (TestBytes{1, 9, 2, 9, 3, 9, 4, 9, 5, 9}));
  EXPECT_EQ(pair.test.labels, (TestBytes{6, 9}));
  EXPECT_EQ(pair.train.values_per_sample(), 3072);
  EXPECT_EQ(pair.train.images.size(), 10u * 3072);
  EXPECT_EQ(pair.train.images[4 * 3072], 3);
  EXPECT_EQ(pair.test.images.back(), 77);
}

TEST_F(Cifar10Test, AMissingFileIsNamed) {
  write_all();
  std::filesystem::remove(path("data_batch_3.bin"));
  EXPECT_THAT(error(), HasSubstr("data_batch_3.bin: cannot be opened"));
}

TEST_F(Cifar10Test, AnotherLengthIsRefusedEvenInWholeRecords) {
  write_all();
  write("data_batch_2.bin", TestBytes(kRecord));
  EXPECT_THAT(error(), HasSubstr("data_batch_2.bin: truncated: 3073 bytes, expected 6146 (2 "
                                 "records of 3073)"));
  write("data_batch_2.bin", TestBytes(2 * kRecord + 1));
  EXPECT_THAT(error(), HasSubstr("data_batch_2.bin: trailing bytes, expected 6146"));
}

TEST_F(Cifar10Test, ALabelOutOfRangeIsRefused) {
  write_all();
  TestBytes bytes = two_records(6);
  bytes[kRecord] = 10;
  write("test_batch.bin", bytes);
  EXPECT_THAT(error(), HasSubstr("test_batch.bin: label 10 of record 1"));
}

TEST_F(Cifar10Test, TheOfficialFilesHaveTenThousandRecords) {
  write_all();
  EXPECT_THAT(config_error([&] { load_cifar10(directory_); }), HasSubstr("expected 30730000"));
}

}  // namespace
}  // namespace acceptlab::data
