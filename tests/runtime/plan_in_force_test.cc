#include "runtime/plan_in_force.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/plan_payload.h"

namespace acceptlab {
namespace {

using testing::ElementsAre;

Plan plan_of(const std::vector<std::pair<int, UnitRange>>& stages) {
  Plan plan;
  for (const auto& [device, units] : stages) {
    plan.stages.push_back({DeviceId{device}, units, Duration(0)});
  }
  return plan;
}

TEST(PlanInForceTest, OnlyCutsThatMoveGetTheNewTerm) {
  const PlanInForce first{0, plan_of({{0, {0, 2}}, {1, {2, 4}}, {2, {4, 6}}}), {}};
  const PlanInForce second = succeed(first, plan_of({{0, {0, 2}}, {1, {2, 5}}, {2, {5, 6}}}), 1);
  EXPECT_EQ(second.term, 1u);
  EXPECT_THAT(second.cut_terms, ElementsAre(0, 1));
  const PlanInForce third = succeed(second, plan_of({{0, {0, 1}}, {1, {1, 5}}, {2, {5, 6}}}), 2);
  EXPECT_THAT(third.cut_terms, ElementsAre(2, 1));
}

TEST(PlanInForceTest, ACutBetweenOtherDevicesHasMoved) {
  const PlanInForce first{0, plan_of({{0, {0, 2}}, {1, {2, 4}}, {2, {4, 6}}}), {}};
  EXPECT_THAT(succeed(first, plan_of({{0, {0, 2}}, {3, {2, 4}}, {2, {4, 6}}}), 1).cut_terms,
              ElementsAre(1, 1));
  EXPECT_THAT(succeed(first, plan_of({{0, {0, 2}}, {1, {2, 4}}, {3, {4, 6}}}), 1).cut_terms,
              ElementsAre(0, 1));
}

TEST(PlanInForceTest, StagesKnowTheirNeighboursAndTheTermsOfTheirCuts) {
  const PlanInForce in_force{7, plan_of({{0, {0, 2}}, {3, {2, 4}}, {1, {4, 6}}}), {2, 7}};
  const auto middle = stage_of(DeviceId{3}, in_force, Training{});
  ASSERT_TRUE(middle.has_value());
  EXPECT_EQ(middle->stage, 1);
  EXPECT_EQ(middle->stages, 3);
  EXPECT_EQ(middle->previous, DeviceId{0});
  EXPECT_EQ(middle->next, DeviceId{1});
  EXPECT_EQ(middle->units, (UnitRange{2, 4}));
  EXPECT_EQ(middle->term, 7u);
  EXPECT_EQ(middle->input_term, 2u);
  EXPECT_EQ(middle->output_term, 7u);
  EXPECT_FALSE(stage_of(DeviceId{2}, in_force, Training{}).has_value());
}

TEST(PlanInForceTest, StagesKnowTheCodecsOfTheirCuts) {
  PlanInForce in_force{0, plan_of({{0, {0, 2}}, {1, {2, 4}}, {2, {4, 6}}}), {}};
  in_force.plan.stages[0].codec = 3;
  in_force.plan.stages[1].codec = 1;
  const std::vector<StageConfig> stages = stage_configs(in_force, Training{});
  EXPECT_EQ(stages[0].output_codec, 3);
  EXPECT_EQ(stages[1].input_codec, 3);
  EXPECT_EQ(stages[1].output_codec, 1);
  EXPECT_EQ(stages[2].input_codec, 1);
}

TEST(PlanInForceTest, OtherCodecsMoveNoCut) {
  const PlanInForce first{0, plan_of({{0, {0, 2}}, {1, {2, 4}}}), {}};
  Plan recoded = first.plan;
  recoded.stages[0].codec = 1;
  EXPECT_TRUE(same_stages(first.plan, recoded));
  EXPECT_THAT(succeed(first, recoded, 1).cut_terms, ElementsAre(0));
  EXPECT_FALSE(same_stages(first.plan, plan_of({{0, {0, 3}}, {1, {3, 4}}})));
  EXPECT_FALSE(same_stages(first.plan, plan_of({{0, {0, 4}}})));
}

TEST(PlanInForceTest, UnitsElsewhereAreThoseOfOthersOnly) {
  const Plan plan = plan_of({{0, {0, 2}}, {1, {2, 4}}, {2, {4, 6}}});
  const auto elsewhere = units_elsewhere(plan, DeviceId{1}, {1, 5});
  ASSERT_EQ(elsewhere.size(), 2u);
  EXPECT_EQ(elsewhere[0].owner, DeviceId{0});
  EXPECT_EQ(elsewhere[0].units, (UnitRange{1, 2}));
  EXPECT_EQ(elsewhere[1].owner, DeviceId{2});
  EXPECT_EQ(elsewhere[1].units, (UnitRange{4, 5}));
  EXPECT_TRUE(units_elsewhere(plan, DeviceId{1}, {2, 3}).empty());
}

TEST(PlanPayloadTest, APlanComesBack) {
  Plan plan = plan_of({{0, {0, 2}}, {300, {2, 70'000}}});
  plan.stages[0].codec = 77;
  const Payload payload = encode_plan(plan);
  EXPECT_EQ(payload.size(), Bytes(32));
  const auto back = decode_plan(payload.bytes());
  ASSERT_TRUE(back.ok());
  ASSERT_EQ(back.value().stage_count(), 2);
  EXPECT_EQ(back.value().stages[1].device, DeviceId{300});
  EXPECT_EQ(back.value().stages[1].units, (UnitRange{2, 70'000}));
  EXPECT_EQ(back.value().stages[0].codec, 77);
}

TEST(PlanPayloadTest, WhatIsNoPlanIsRefused) {
  const auto refused = [](const Plan& plan) {
    return !decode_plan(encode_plan(plan).bytes()).ok();
  };
  EXPECT_TRUE(refused(Plan{}));
  EXPECT_TRUE(refused(plan_of({{1, {0, 2}}})));                // not on the central node
  EXPECT_TRUE(refused(plan_of({{0, {1, 2}}})));                // unit 0 is missing
  EXPECT_TRUE(refused(plan_of({{0, {0, 2}}, {1, {3, 4}}})));   // a gap
  EXPECT_TRUE(refused(plan_of({{0, {0, 2}}, {1, {2, 2}}})));   // an empty stage
  EXPECT_TRUE(refused(plan_of({{0, {0, 2}}, {0, {2, 4}}})));   // a device twice
  EXPECT_TRUE(refused(plan_of({{0, {0, 2}}, {-1, {2, 4}}})));  // no device
  Plan negative = plan_of({{0, {0, 2}}, {1, {2, 4}}});
  negative.stages[0].codec = -1;
  EXPECT_TRUE(refused(negative));
  const Payload whole = encode_plan(plan_of({{0, {0, 2}}, {1, {2, 4}}}));
  EXPECT_FALSE(decode_plan(whole.bytes().subspan(0, 31)).ok());
}

}  // namespace
}  // namespace acceptlab
