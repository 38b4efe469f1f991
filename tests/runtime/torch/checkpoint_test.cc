#include "runtime/torch/checkpoint.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "runtime/base/result.h"
#include "runtime/torch/checkpoint_body.h"

namespace acceptlab::torch_stage {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const ModelOptions kModel{"cnn", 1.0, 10};

Checkpoint small_checkpoint() {
  TensorState weight{TensorRole::kWeight, ElementType::kFloat32, "0.weight", {1, 2}, {}};
  weight.bytes = {0, 0, 128, 63, 0, 0, 0, 64};  // 1.0f, 2.0f
  const TensorState count{
      TensorRole::kBuffer, ElementType::kInt64, "1.count", {}, {5, 0, 0, 0, 0, 0, 0, 0}};
  Plan plan;
  plan.stages = {{DeviceId{0}, {0, 1}, Duration(0)}, {DeviceId{2}, {1, 2}, Duration(0)}};
  return {{kModel, 77, {3, 5, {1.5, 4, 20}}, 100, 4, plan},
          {{0, "conv1", {weight, count}}, {1, "conv2", {}}}};
}

class CheckpointFile : public testing::Test {
 protected:
  CheckpointFile()
      : path_(std::filesystem::path(testing::TempDir()) /
              (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) +
               ".checkpoint")) {
    save_checkpoint(path_, small_checkpoint());
  }
  ~CheckpointFile() override { std::filesystem::remove(path_); }

  std::vector<char> read() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  void write(const std::vector<char>& bytes) const {
    std::ofstream(path_, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  void expect_refused(const ModelOptions& model, const std::string& why) const {
    EXPECT_THAT([&] { load_checkpoint(path_, model); },
                ThrowsMessage<ConfigError>(AllOf(HasSubstr(path_.string()), HasSubstr(why))));
  }

  std::filesystem::path path_;
};

TEST_F(CheckpointFile, GivesBackWhatWasSaved) {
  const Checkpoint loaded = load_checkpoint(path_, kModel);
  EXPECT_EQ(loaded.header.seed, 77U);
  EXPECT_EQ(loaded.header.next.epoch, 3);
  EXPECT_EQ(loaded.header.next.batch, 5);
  EXPECT_EQ(loaded.header.next.train.loss_sum, 1.5);
  EXPECT_EQ(loaded.header.next.train.samples, 20);
  EXPECT_EQ(loaded.header.train_samples, 100);
  EXPECT_EQ(loaded.header.batch_samples, 4);
  ASSERT_EQ(loaded.header.plan.stage_count(), 2);
  EXPECT_EQ(loaded.header.plan.stages[1].device, DeviceId{2});
  EXPECT_EQ(loaded.header.plan.stages[1].units, (UnitRange{1, 2}));
  EXPECT_EQ(encode_checkpoint(loaded), encode_checkpoint(small_checkpoint()));
  EXPECT_EQ(flat_weights(loaded.units), (std::vector<float>{1.0F, 2.0F}));
}

TEST_F(CheckpointFile, ReplacesTheOldOneAndLeavesNoTemporaryFile) {
  Checkpoint next = small_checkpoint();
  next.header.next.epoch = 4;
  save_checkpoint(path_, next);
  EXPECT_EQ(load_checkpoint(path_, kModel).header.next.epoch, 4);
  EXPECT_FALSE(std::filesystem::exists(path_.string() + ".tmp"));
}

TEST_F(CheckpointFile, RefusesEveryTruncation) {
  const std::vector<char> whole = read();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
    EXPECT_THROW(load_checkpoint(path_, kModel), ConfigError) << size << " bytes";
  }
  expect_refused(kModel, "truncated");
}

TEST_F(CheckpointFile, RefusesEveryFlippedBit) {
  const std::vector<char> whole = read();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::vector<char> damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 4);
    write(damaged);
    EXPECT_THROW(load_checkpoint(path_, kModel), ConfigError) << "byte " << i;
  }
  expect_refused(kModel, "damaged");
}

TEST_F(CheckpointFile, RefusesOtherFilesVersionsAndModels) {
  expect_refused({"vgg11", 1.0, 10}, "holds cnn of width 1.0");
  expect_refused({"cnn", 0.5, 10}, "not cnn of width 0.5");
  expect_refused({"cnn", 1.0, 100}, "100 classes");
  std::vector<char> bytes = read();
  bytes[8] = 1;
  write(bytes);
  expect_refused(kModel, "checkpoint format 1");
  write(std::vector<char>(100, 'x'));
  expect_refused(kModel, "not a checkpoint");
  std::filesystem::remove(path_);
  expect_refused(kModel, "cannot be opened");
}

TEST(Checkpoint, SaysWhereItCannotBeWritten) {
  const auto path = std::filesystem::path(testing::TempDir()) / "no_such_folder" / "file";
  EXPECT_THAT([&] { save_checkpoint(path, small_checkpoint()); },
              ThrowsMessage<ConfigError>(HasSubstr("no_such_folder")));
}

TEST(CheckpointBody, RefusesEveryTruncationAndHugeCounts) {
  const std::vector<std::uint8_t> whole = encode_checkpoint(small_checkpoint());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(decode_checkpoint({whole.data(), size}).ok()) << size << " bytes";
  }
  // Any single byte at its largest must be refused or read, but not ask for all memory.
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::vector<std::uint8_t> damaged = whole;
    damaged[i] = 255;
    const Result<Checkpoint> result = decode_checkpoint(damaged);
    if (result) {
      EXPECT_LE(result.value().units.size(), 2U);
    }
  }
}

}  // namespace
}  // namespace acceptlab::torch_stage
