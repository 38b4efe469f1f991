#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/partition/problems.h"

namespace acceptlab::partition {
namespace {

using ::testing::HasSubstr;

std::string error_of(const Planner& planner, const PlanProblem& problem) {
  const auto plan = planner.plan(problem);
  EXPECT_FALSE(plan.ok());
  if (plan.ok()) return {};
  EXPECT_EQ(plan.error().kind, ErrorKind::kConfig);
  return plan.error().message;
}

const std::vector<std::int64_t> kUnitNs{1, 2, 4, 8, 16, 32, 64, 128};

TEST(EvenPlannerTest, GivesEveryDeviceAsManyUnits) {
  const TableTimes times = additive_times(kUnitNs, {1, 1, 2});
  const auto plan = make_even_planner()->plan(plain_problem(8, 3, 5, times));
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(stages_of(plan.value()), (Stages{{0, {0, 3}}, {1, {3, 6}}, {2, {6, 8}}}));
  EXPECT_EQ(plan.value().stages[0].predicted, Duration(7));
  EXPECT_EQ(plan.value().stages[1].predicted, Duration(56));
  EXPECT_EQ(plan.value().stages[2].predicted, Duration(384));
  EXPECT_EQ(plan.value().predicted_links, (std::vector<Duration>{Duration(10), Duration(10)}));
  EXPECT_EQ(plan.value().predicted_bottleneck, Duration(384));
}

TEST(EvenPlannerTest, RefusesFewerUnitsThanDevicesAndTooLittleMemory) {
  const TableTimes times = additive_times({1, 1}, {1, 1, 1});
  EXPECT_THAT(error_of(*make_even_planner(), plain_problem(2, 3, 1, times)),
              HasSubstr("2 units cannot give each of 3 devices a stage"));
  PlanProblem problem = plain_problem(2, 2, 1, times);
  problem.devices[1].memory = Bytes(399);
  EXPECT_THAT(error_of(*make_even_planner(), problem),
              HasSubstr("units 2..2 need 400 bytes of memory, device 1 has 399"));
}

TEST(GivenPlannerTest, CutsWhereItIsTold) {
  const TableTimes times = additive_times(kUnitNs, {1, 1, 1});
  const auto plan = make_given_planner({1, 6})->plan(plain_problem(8, 3, 100, times));
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(stages_of(plan.value()), (Stages{{0, {0, 1}}, {1, {1, 6}}, {2, {6, 8}}}));
  EXPECT_EQ(plan.value().predicted_bottleneck, Duration(200)) << "a link";
}

TEST(GivenPlannerTest, FewerCutsLeaveDevicesOut) {
  const TableTimes times = additive_times(kUnitNs, {1, 1, 1});
  const auto plan = make_given_planner({})->plan(plain_problem(8, 3, 100, times));
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(stages_of(plan.value()), (Stages{{0, {0, 8}}}));
  EXPECT_TRUE(plan.value().predicted_links.empty());
}

TEST(GivenPlannerTest, ErrorsNameTheCut) {
  const TableTimes times = additive_times(kUnitNs, {1, 1, 1});
  const PlanProblem problem = plain_problem(8, 3, 1, times);
  EXPECT_THAT(error_of(*make_given_planner({0}), problem),
              HasSubstr("cut 1 (after unit 0) must be after one of the units 1..7 of 8"));
  EXPECT_THAT(error_of(*make_given_planner({3, 8}), problem),
              HasSubstr("cut 2 (after unit 8) must be after one of the units 1..7 of 8"));
  EXPECT_THAT(
      error_of(*make_given_planner({3, 3}), problem),
      HasSubstr("cut 2 (after unit 3) must be after the one before, which is after unit 3"));
  EXPECT_THAT(error_of(*make_given_planner({1, 2, 3}), problem),
              HasSubstr("3 cuts make 4 stages, more than the 3 devices"));
}

TEST(GivenPlannerTest, MemoryIsCheckedByStage) {
  const TableTimes times = additive_times(kUnitNs, {1, 1});
  PlanProblem problem = plain_problem(8, 2, 1, times);
  problem.devices[0].memory = Bytes(800);
  EXPECT_TRUE(make_given_planner({2})->plan(problem).ok());
  EXPECT_THAT(error_of(*make_given_planner({3}), problem),
              HasSubstr("units 1..3 need 1200 bytes of memory, device 0 has 800"));
}

}  // namespace
}  // namespace acceptlab::partition
