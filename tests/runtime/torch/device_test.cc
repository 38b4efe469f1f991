#include "runtime/torch/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

#include "runtime/plan_in_force.h"
#include "runtime/torch/setup.h"
#include "tests/fakes/scripted_replanner.h"

namespace acceptlab::torch_stage {
namespace {

using fakes::plan_up_to;
using testing::ElementsAre;

const ModelOptions kModel{"cnn", 0.5, 10};

// Notes which streams end.
struct NotingCodec : TensorCodec {
  Bytes encoded_size(std::size_t count) const override {
    return Bytes(4 * static_cast<std::int64_t>(count));
  }
  Result<std::vector<std::uint8_t>> encode(Span<const float> /*values*/, TensorId /*id*/) override {
    return std::vector<std::uint8_t>{};
  }
  Result<std::size_t> decode(Span<const std::uint8_t> /*bytes*/, TensorId /*id*/,
                             Span<float> /*values*/) override {
    return std::size_t{0};
  }
  void forget(std::uint64_t stream) override { forgotten.insert(stream); }
  std::set<std::uint64_t> forgotten;
};

class TorchDeviceTest : public testing::Test {
 protected:
  void SetUp() override { initialise_torch(1); }

  StageOptions options(std::uint64_t seed = 1) {
    return [this, seed](const StageConfig& config) {
      TorchStageOptions options;
      options.model = kModel;
      options.units = config.units;
      options.stage = config.stage;
      options.input_term = config.input_term;
      options.output_term = config.output_term;
      options.seed = seed;
      options.codecs.assign(1, {&forward, &forward, &backward, &backward});
      return options;
    };
  }
  std::unique_ptr<TorchDevice> device(int id, const PlanInForce& plan, std::uint64_t seed = 1) {
    const auto first = stage_of(DeviceId{id}, plan, Training{});
    return make_torch_device(first ? &*first : nullptr, options(seed));
  }
  static Op adopt(int id, const PlanInForce& plan, std::vector<MovedUnits> gained = {}) {
    Op op;
    op.kind = OpKind::kAdopt;
    op.next_stage = stage_of(DeviceId{id}, plan, Training{});
    op.gained = std::move(gained);
    return op;
  }
  static Op export_of(UnitRange units) {
    Op op;
    op.kind = OpKind::kExport;
    op.units = units;
    return op;
  }

  NotingCodec forward;
  NotingCodec backward;
  const PlanInForce before{0, plan_up_to({{0, 2}, {1, 3}, {2, 5}}), {}};
};

TEST_F(TorchDeviceTest, MovedUnitsTakeTheirStateAlong) {
  auto owner = device(1, before, 7);  // other weights than device 0 would make for them
  auto taker = device(0, before);
  const auto mine = taker->state();
  const auto theirs = owner->state();
  const Payload moved = owner->perform(export_of({2, 3})).output;
  const PlanInForce after = succeed(before, plan_up_to({{0, 3}, {2, 5}}), before.term + 1);
  taker->perform(adopt(0, after, {{{2, 3}, moved}}));
  const auto state = taker->state();
  ASSERT_EQ(state.size(), 3u);
  EXPECT_EQ(flat_weights({state[0], state[1]}), flat_weights(mine));
  EXPECT_EQ(flat_weights({state[2]}), flat_weights(theirs));
  owner->perform(adopt(1, after));
  EXPECT_TRUE(owner->state().empty());
}

TEST_F(TorchDeviceTest, UnitsHaveTheSizesThatAreSaidOfThem) {
  const auto sizes = moved_unit_sizes(kModel);
  auto all = device(0, {0, plan_up_to({{0, 5}}), {}});
  ASSERT_EQ(sizes.size(), 5u);
  for (int unit = 0; unit < 5; ++unit) {
    EXPECT_EQ(all->perform(export_of({unit, unit + 1})).output.size(),
              sizes[static_cast<std::size_t>(unit)]);
  }
}

TEST_F(TorchDeviceTest, UnitsOfAnotherSizeAreRefused) {
  auto taker = device(0, before);
  const PlanInForce after = succeed(before, plan_up_to({{0, 3}, {2, 5}}), before.term + 1);
  EXPECT_THROW(taker->perform(adopt(0, after, {{{2, 3}, Payload::of({1, 2, 3})}})),
               std::runtime_error);
}

TEST_F(TorchDeviceTest, WhatCodecsRememberOfACutEndsWhereItMoves) {
  auto middle = device(1, before);
  auto first = device(0, before);
  // The cut between stages 0 and 1 stays, that behind stage 1 moves.
  const PlanInForce after = succeed(before, plan_up_to({{0, 2}, {1, 4}, {2, 5}}), before.term + 1);
  const Payload moved = device(2, before)->perform(export_of({3, 4})).output;
  middle->perform(adopt(1, after, {{{3, 4}, moved}}));
  const auto stream = [](int stage, Direction direction) {
    return tensor_id(stage, direction, BatchKey{}).stream;
  };
  EXPECT_THAT(forward.forgotten, ElementsAre(stream(1, Direction::kActivation)));
  EXPECT_THAT(backward.forgotten, ElementsAre(stream(2, Direction::kGradient)));
  first->perform(adopt(0, after));
  EXPECT_THAT(forward.forgotten, ElementsAre(stream(1, Direction::kActivation)));
}

TEST_F(TorchDeviceTest, AReturnTakesTheGivenUnitsAndNothingElse) {
  Op all = export_of({0, 2});
  all.each_unit = true;
  const std::vector<Payload> saved = device(0, before, 7)->perform(all).parts;
  ASSERT_EQ(saved.size(), 2u);
  const auto theirs = device(0, before, 7)->state();
  auto taker = device(0, before);
  Op back = adopt(0, begin_anew(before.plan, 1), {{{0, 1}, saved[0]}, {{1, 2}, saved[1]}});
  back.restore = true;
  taker->perform(back);
  EXPECT_EQ(flat_weights(taker->state()), flat_weights(theirs));
}

TEST_F(TorchDeviceTest, AReturnWithoutUnitsIsToTheStartOfTheRun) {
  const auto at_start = device(0, before)->state();
  const auto loaded = device(0, before, 7)->state();
  Op back = adopt(0, begin_anew(before.plan, 1));
  back.restore = true;
  auto fresh = device(0, before);
  fresh->perform(back);
  EXPECT_EQ(flat_weights(fresh->state()), flat_weights(at_start));
  auto resumed = device(0, before);
  resumed->load(loaded, 0);
  resumed->perform(back);
  EXPECT_EQ(flat_weights(resumed->state()), flat_weights(loaded));
}

}  // namespace
}  // namespace acceptlab::torch_stage
