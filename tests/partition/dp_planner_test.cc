#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/partition/problems.h"

namespace acceptlab::partition {
namespace {

using ::testing::HasSubstr;

Plan plan_of(DpMode mode, const PlanProblem& problem) {
  auto plan = make_dp_planner(mode)->plan(problem);
  EXPECT_TRUE(plan.ok()) << (plan.ok() ? "" : plan.error().message);
  return plan.ok() ? std::move(plan).value() : Plan{};
}

std::string error_of(DpMode mode, const PlanProblem& problem) {
  const auto plan = make_dp_planner(mode)->plan(problem);
  EXPECT_FALSE(plan.ok());
  if (plan.ok()) return {};
  EXPECT_EQ(plan.error().kind, ErrorKind::kConfig);
  return plan.error().message;
}

// By hand: 10 + 10 | 20 is balanced; the link takes 3 + 3.
TEST(DpPlannerTest, BalancesTwoEqualDevices) {
  const TableTimes times = additive_times({10, 10, 20}, {1, 1});
  const Plan plan = plan_of(DpMode::kFixedAll, plain_problem(3, 2, 3, times));
  EXPECT_EQ(stages_of(plan), (Stages{{0, {0, 2}}, {1, {2, 3}}}));
  EXPECT_EQ(plan.stages[0].predicted, Duration(20));
  EXPECT_EQ(plan.stages[1].predicted, Duration(20));
  EXPECT_EQ(plan.predicted_links, (std::vector<Duration>{Duration(6)}));
  EXPECT_EQ(plan.predicted_bottleneck, Duration(20));
}

TEST(DpPlannerTest, ASlowLinkMovesTheCutToASmallTensor) {
  const TableTimes times = additive_times({10, 10, 20}, {1, 1});
  PlanProblem problem = plain_problem(3, 2, 3, times);
  problem.activation_bytes = {Bytes(5), Bytes(40)};
  problem.gradient_bytes = {Bytes(5), Bytes(40)};
  const Plan plan = plan_of(DpMode::kFixedAll, problem);
  EXPECT_EQ(stages_of(plan), (Stages{{0, {0, 1}}, {1, {1, 3}}}));
  EXPECT_EQ(plan.predicted_bottleneck, Duration(30));
}

TEST(DpPlannerTest, ALinkTakesActivationsOneWayAndGradientsTheOther) {
  const TableTimes times = additive_times({1, 1}, {1, 1});
  PlanProblem problem = plain_problem(2, 2, 0, times);
  problem.activation_bytes = {Bytes(1000)};
  problem.gradient_bytes = {Bytes(300)};
  problem.bandwidth[0][1] = BitsPerSecond(8'000'000'000);  // 1000 ns
  problem.bandwidth[1][0] = BitsPerSecond(7'000'000'000);  // 342.86 ns, rounded up
  const Plan plan = plan_of(DpMode::kFixedAll, problem);
  EXPECT_EQ(plan.predicted_links, (std::vector<Duration>{Duration(1343)}));
  EXPECT_EQ(plan.predicted_bottleneck, Duration(1343));
}

TEST(DpPlannerTest, SkippingUsesTheLinkBetweenTheDevicesInUse) {
  // Device 1 is hopeless; between 0 and 2 the link takes 2 * 12.
  const TableTimes times = additive_times({50, 50}, {1, 100, 1});
  PlanProblem problem = plain_problem(2, 3, 12, times, BitsPerSecond(8'000'000));
  problem.bandwidth[0][2] = kBytePerNs;
  problem.bandwidth[2][0] = kBytePerNs;
  const Plan plan = plan_of(DpMode::kFixedSkip, problem);
  EXPECT_EQ(stages_of(plan), (Stages{{0, {0, 1}}, {2, {1, 2}}}));
  EXPECT_EQ(plan.predicted_links, (std::vector<Duration>{Duration(24)}));
}

TEST(DpPlannerTest, SkippingUsesDeviceZeroAloneWhereLinksAreTooSlow) {
  const TableTimes times = additive_times({10, 10, 20}, {1, 1, 1});
  const PlanProblem problem = plain_problem(3, 3, 21, times);
  EXPECT_EQ(stages_of(plan_of(DpMode::kFixedSkip, problem)), (Stages{{0, {0, 3}}}));
}

TEST(DpPlannerTest, ADeviceThatDoesNotHelpIsLeftOut) {
  // Unit 3 alone takes 20, so three devices are no faster than two.
  const TableTimes times = additive_times({10, 10, 20}, {1, 1, 1});
  const Plan plan = plan_of(DpMode::kFixedSkip, plain_problem(3, 3, 1, times));
  EXPECT_EQ(stages_of(plan), (Stages{{0, {0, 2}}, {1, {2, 3}}}));
}

TEST(DpPlannerTest, OfEqualBottlenecksTheLeastTotalWins) {
  // Unit 1 takes 30 anywhere. The cheaper link is after unit 2 (1 + 1 instead of 9 + 9), so unit 2
  // stays on device 0 only if that keeps the bottleneck: it does not (32), so the cut is after 1.
  const TableTimes times = additive_times({30, 2, 3}, {1, 1});
  PlanProblem problem = plain_problem(3, 2, 1, times);
  problem.activation_bytes[0] = problem.gradient_bytes[0] = Bytes(9);
  EXPECT_EQ(stages_of(plan_of(DpMode::kFixedAll, problem)), (Stages{{0, {0, 1}}, {1, {1, 3}}}));
  // With the heavy unit last the cut is free, and goes where the link is cheap.
  const TableTimes last = additive_times({2, 3, 30}, {1, 1});
  problem.times = &last;
  EXPECT_EQ(stages_of(plan_of(DpMode::kFixedAll, problem)), (Stages{{0, {0, 2}}, {1, {2, 3}}}));
}

TEST(DpPlannerTest, CompleteTiesGoToTheFirstDeviceAndTheFirstCut) {
  const TableTimes times = additive_times({20, 0, 20}, {1, 1, 1});
  EXPECT_EQ(stages_of(plan_of(DpMode::kFixedSkip, plain_problem(3, 3, 1, times))),
            (Stages{{0, {0, 1}}, {1, {1, 3}}}));
}

TEST(DpPlannerTest, MemoryMovesTheCut) {
  const TableTimes times = additive_times({10, 10, 20}, {1, 1});
  PlanProblem problem = plain_problem(3, 2, 3, times);
  problem.devices[0].memory = Bytes(400);  // one unit of 100 bytes, times the factor 4
  EXPECT_EQ(stages_of(plan_of(DpMode::kFixedAll, problem)), (Stages{{0, {0, 1}}, {1, {1, 3}}}));
}

TEST(DpPlannerTest, AModelTooLargeForOneDeviceIsSpread) {
  const TableTimes times = additive_times({1, 1, 1}, {1, 1, 1});
  PlanProblem problem = plain_problem(3, 3, 1000, times);
  for (auto& device : problem.devices) device.memory = Bytes(400);
  EXPECT_EQ(plan_of(DpMode::kFixedSkip, problem).stage_count(), 3);
}

TEST(DpPlannerTest, SaysThatThereAreFewerUnitsThanDevices) {
  const TableTimes times = additive_times({10, 10}, {1, 1, 1});
  const PlanProblem problem = plain_problem(2, 3, 1, times);
  EXPECT_THAT(error_of(DpMode::kFixedAll, problem),
              HasSubstr("2 units cannot give each of 3 devices a stage"));
  EXPECT_EQ(plan_of(DpMode::kFixedSkip, problem).stage_count(), 2);
}

TEST(DpPlannerTest, SaysWhichMemoryLimitStopsIt) {
  const TableTimes times = additive_times({1, 1, 1}, {1, 1});
  PlanProblem problem = plain_problem(3, 2, 1, times);
  problem.devices[0].memory = Bytes(399);
  EXPECT_THAT(error_of(DpMode::kFixedSkip, problem),
              HasSubstr("unit 1 alone needs 400 bytes of memory, too much for device 0, which must "
                        "hold it; the devices have 399, unlimited"));
  problem.devices[0].memory = Bytes(450);
  problem.devices[1].memory = Bytes(450);
  EXPECT_THAT(error_of(DpMode::kFixedSkip, problem),
              HasSubstr("all 3 units need 1200 bytes of memory; the devices have 450, 450"));
  problem.parameter_bytes[2] = Bytes(200);
  EXPECT_THAT(error_of(DpMode::kFixedAll, problem),
              HasSubstr("unit 3 alone needs 800 bytes of memory, too much for every device"));
}

}  // namespace
}  // namespace acceptlab::partition
