#include "app/device/epoch_order.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/fakes/fake_world.h"

namespace acceptlab::app {
namespace {

constexpr DeviceId kOne{1};
constexpr DeviceId kTwo{2};

class EpochOrderTest : public testing::Test {
 protected:
  EpochOrderTest() : order(target, {kOne, kTwo}, [this] { ++asked; }) {}

  void end_epoch(int epoch) {
    EpochSample sample;
    sample.epoch = epoch;
    order.record(sample);
  }
  void answer(DeviceId device) { order.take(device, nlohmann::json::array(), true); }
  std::size_t ended() const { return target.epochs.size(); }

  fakes::FakeRecorder target;
  int asked = 0;
  EpochOrder order;
};

TEST_F(EpochOrderTest, AnEpochEndsWhenAllHaveAnswered) {
  end_epoch(0);
  EXPECT_EQ(asked, 1);
  order.record(BatchSample{});
  answer(kTwo);
  EXPECT_EQ(ended(), 0u);
  EXPECT_EQ(target.batches.size(), 0u);
  answer(kOne);
  EXPECT_EQ(ended(), 1u);
  EXPECT_EQ(target.batches.size(), 1u);
}

TEST_F(EpochOrderTest, WhoIsSkippedIsAskedAgainTheNextTime) {
  end_epoch(0);
  answer(kOne);
  order.skip(kTwo);
  EXPECT_EQ(ended(), 1u);
  end_epoch(1);
  answer(kOne);
  EXPECT_EQ(ended(), 1u);
  answer(kTwo);
  EXPECT_EQ(ended(), 2u);
}

TEST_F(EpochOrderTest, WhoIsExcusedIsNotWaitedForUntilItIsIncludedAgain) {
  order.excuse(kTwo);
  end_epoch(0);
  answer(kOne);
  EXPECT_EQ(ended(), 1u);
  order.include(kTwo);
  end_epoch(1);
  answer(kOne);
  EXPECT_EQ(ended(), 1u);
  answer(kTwo);
  EXPECT_EQ(ended(), 2u);
}

}  // namespace
}  // namespace acceptlab::app
