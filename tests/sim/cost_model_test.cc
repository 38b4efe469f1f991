#include "sim/cost_model.h"

#include <gtest/gtest.h>

namespace acceptlab::sim {
namespace {

using namespace literals;  // NOLINT(google-build-using-namespace): units

DeviceProfile profile() {
  DeviceProfile p;
  p.batch_samples = 10;
  p.units.push_back({"a", {100}, 100, 5, 1ms, 2ms, 100us});
  p.units.push_back({"b", {50}, 50, 5, 3ms, 4ms, 200us});
  p.units.push_back({"c", {10}, 10, 5, 5ms, 6ms, 400us});
  return p;
}

// Encode, decode ns a value; the second codec is a hundred times slower.
const std::vector<CodecSpeeds> kCodecs{{{2.0, 1.0}, {4.0, 3.0}}, {{200.0, 100.0}, {400.0, 300.0}}};

Op op_of(OpKind kind, int samples) {
  Op op;
  op.kind = kind;
  op.samples = samples;
  op.units = {1, 2};
  op.slots = 3;
  return op;
}

TEST(ProfileCostTest, ForwardDecodesWhatEntersAndEncodesWhatLeaves) {
  const ProfileCost model(profile(), kCodecs, Slowdown(1.0));
  const OpCost cost = model.cost(op_of(OpKind::kForward, 10), OpCost{}, TimePoint{});
  EXPECT_EQ(cost.decode, 10 * 100 * 1ns);
  EXPECT_EQ(cost.forward, 3ms);
  EXPECT_EQ(cost.encode, 10 * 50 * 2ns);
  EXPECT_EQ(cost.backward, 0ns);
}

TEST(ProfileCostTest, BackwardDecodesTheGradientOfTheOutputAndEncodesThatOfTheInput) {
  const ProfileCost model(profile(), kCodecs, Slowdown(1.0));
  const OpCost cost = model.cost(op_of(OpKind::kBackward, 10), OpCost{}, TimePoint{});
  EXPECT_EQ(cost.decode, 10 * 50 * 3ns);
  EXPECT_EQ(cost.backward, 4ms);
  EXPECT_EQ(cost.encode, 10 * 100 * 4ns);
}

TEST(ProfileCostTest, EachEndCostsWhatItsOwnCodecDoes) {
  const ProfileCost model(profile(), kCodecs, Slowdown(1.0));
  Op op = op_of(OpKind::kForward, 10);
  const OpCost first = model.cost(op, {}, TimePoint{});
  op.output_codec = 1;
  const OpCost mixed = model.cost(op, {}, TimePoint{});
  EXPECT_EQ(mixed.decode, first.decode);
  EXPECT_EQ(mixed.encode, 100 * first.encode);
  op.input_codec = 1;
  EXPECT_EQ(model.cost(op, {}, TimePoint{}).decode, 100 * first.decode);
}

TEST(ProfileCostTest, MicroBatchCostsItsShare) {
  const ProfileCost model(profile(), kCodecs, Slowdown(1.0));
  EXPECT_EQ(model.cost(op_of(OpKind::kForward, 5), OpCost{}, TimePoint{}).forward, 1500us);
}

TEST(ProfileCostTest, EndsOfThePipelineHaveNoCodecOutside) {
  const ProfileCost model(profile(), kCodecs, Slowdown(1.0));
  Op op = op_of(OpKind::kForwardBackward, 10);
  op.units = {0, 3};
  const OpCost cost = model.cost(op, OpCost{}, TimePoint{});
  EXPECT_EQ(cost.decode, 0ns);
  EXPECT_EQ(cost.encode, 0ns);
  EXPECT_EQ(cost.forward, 9ms);
  EXPECT_EQ(cost.backward, 12ms);
}

TEST(ProfileCostTest, AggregationTouchesEveryReplica) {
  const ProfileCost model(profile(), kCodecs, Slowdown(1.0));
  EXPECT_EQ(model.cost(op_of(OpKind::kUpdate, 0), OpCost{}, TimePoint{}).update, 200us);
  EXPECT_EQ(model.cost(op_of(OpKind::kAggregate, 0), OpCost{}, TimePoint{}).update, 600us);
}

TEST(ProfileCostTest, CopyingUnitsCostsWhatTheirUpdateDoes) {
  const ProfileCost model(profile(), kCodecs, Slowdown(2.0));
  Op op = op_of(OpKind::kExport, 0);
  op.units = {1, 3};
  EXPECT_EQ(model.cost(op, OpCost{}, TimePoint{}).total(), 1200us);
  op.kind = OpKind::kAdopt;
  EXPECT_EQ(model.cost(op, OpCost{}, TimePoint{}).total(), 1200us);
  op.units = {};  // gives up its stage
  EXPECT_EQ(model.cost(op, OpCost{}, TimePoint{}).total(), 0us);
}

TEST(MeasuredCostTest, ScalesWhatWasMeasured) {
  const MeasuredCost model(Slowdown(2.5));
  OpCost measured;
  measured.forward = 4ms;
  measured.encode = 1us;
  const OpCost cost = model.cost(op_of(OpKind::kForward, 1), measured, TimePoint{});
  EXPECT_EQ(cost.forward, 10ms);
  EXPECT_EQ(cost.encode, 2500ns);
}

TEST(SlowdownTest, EachStepHoldsFromItsTimeOn) {
  const Slowdown slowdown(2.0, {{TimePoint(1s), 8.0}, {TimePoint(3s), 2.0}});
  EXPECT_DOUBLE_EQ(slowdown.at(TimePoint(0s)), 2.0);
  EXPECT_DOUBLE_EQ(slowdown.at(TimePoint(1s) - 1ns), 2.0);
  EXPECT_DOUBLE_EQ(slowdown.at(TimePoint(1s)), 8.0);
  EXPECT_DOUBLE_EQ(slowdown.at(TimePoint(5s)), 2.0);
}

TEST(VaryingCostTest, ScalesTheMiniBatchesOfTheFirstEpoch) {
  CostFactors slower;
  slower.forward = 2.0;
  slower.encode = 3.0;
  const ProfileCost usual(profile(), kCodecs, Slowdown(1.0));
  const VaryingCost model(std::make_unique<ProfileCost>(profile(), kCodecs, Slowdown(1.0)),
                          {CostFactors{}, slower});
  Op op = op_of(OpKind::kForward, 10);
  const OpCost before = usual.cost(op, {}, TimePoint{});
  op.key.batch = 1;
  const OpCost varied = model.cost(op, {}, TimePoint{});
  EXPECT_EQ(varied.forward, 2 * before.forward);
  EXPECT_EQ(varied.encode, 3 * before.encode);
  EXPECT_EQ(varied.decode, before.decode);
  for (const BatchKey& key :
       {BatchKey{Phase::kTrain, 0, 0, 0}, BatchKey{Phase::kTrain, 0, 2, 0},
        BatchKey{Phase::kTrain, 1, 1, 0}, BatchKey{Phase::kEvaluate, 0, 1, 0}}) {
    op.key = key;
    EXPECT_EQ(model.cost(op, {}, TimePoint{}).total(), before.total()) << key;
  }
}

}  // namespace
}  // namespace acceptlab::sim
