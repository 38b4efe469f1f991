#include "partition/planners.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace acceptlab::partition {
namespace {

using ::testing::HasSubstr;

// Unit u takes 2^u microseconds on device 0, forward and backward together, and a factor more on
// others.
class DoublingTimes final : public Forecaster {
 public:
  explicit DoublingTimes(std::vector<int> slowdown) : slowdown_(std::move(slowdown)) {}
  StageTime predict(DeviceId device, UnitRange units) const override {
    const int us =
        ((1 << units.end) - (1 << units.begin)) * slowdown_[static_cast<std::size_t>(device.value)];
    return {Duration(us * 250), Duration(us * 750)};
  }

 private:
  std::vector<int> slowdown_;
};

// Eight units, every cut 100 bytes each way at a byte a microsecond, 100 bytes of parameters each.
Problem problem_of(int devices) {
  Problem problem;
  problem.units.assign(8, Unit{"", {}, 100.0, 100.0, 100.0, 0.0});
  problem.devices.resize(static_cast<std::size_t>(devices));
  for (Device& device : problem.devices) device.bandwidth_bytes_per_s = 1e6;
  problem.first_device_is_fixed = true;
  return problem;
}

using Stages = std::vector<std::pair<int, UnitRange>>;
Stages stages_of(const Plan& plan) {
  Stages stages;
  for (const PlannedStage& s : plan.stages) stages.emplace_back(s.device.value, s.units);
  return stages;
}

std::string error_of(const Planner& planner, const Forecaster& times) {
  const auto plan = planner.plan(times);
  EXPECT_FALSE(plan.ok());
  if (plan.ok()) return {};
  EXPECT_EQ(plan.error().kind, ErrorKind::kConfig);
  return plan.error().message;
}

TEST(EvenPlannerTest, GivesEveryDeviceAsManyUnits) {
  const auto plan = make_even_planner(problem_of(3))->plan(DoublingTimes({1, 1, 2}));
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(stages_of(plan.value()), (Stages{{0, {0, 3}}, {1, {3, 6}}, {2, {6, 8}}}));
  EXPECT_EQ(plan.value().stages[0].predicted, std::chrono::microseconds(7));
  EXPECT_EQ(plan.value().stages[1].predicted, std::chrono::microseconds(56));
  EXPECT_EQ(plan.value().stages[2].predicted, std::chrono::microseconds(384));
  EXPECT_EQ(plan.value().predicted_links,
            std::vector<Duration>(2, Duration(std::chrono::microseconds(200))));
  EXPECT_EQ(plan.value().predicted_time, std::chrono::microseconds(384));
}

TEST(EvenPlannerTest, RefusesFewerUnitsThanDevicesAndTooLittleMemory) {
  EXPECT_THAT(error_of(*make_even_planner(problem_of(9)), DoublingTimes(std::vector<int>(9, 1))),
              HasSubstr("8 units cannot give each of 9 devices a stage"));
  Problem problem = problem_of(2);
  problem.devices[1].memory_bytes = 1599.0;
  EXPECT_THAT(error_of(*make_even_planner(problem), DoublingTimes({1, 1})),
              HasSubstr("units 5..8 need 1600 bytes of memory, device 1 has 1599"));
}

TEST(GivenPlannerTest, CutsWhereItIsTold) {
  const auto plan = make_given_planner(problem_of(3), {1, 6})->plan(DoublingTimes({1, 1, 1}));
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(stages_of(plan.value()), (Stages{{0, {0, 1}}, {1, {1, 6}}, {2, {6, 8}}}));
  // 62 and 192 us of work and 200 us on the link between, shared by two mini-batches in flight.
  EXPECT_EQ(plan.value().predicted_time, std::chrono::microseconds(227));
}

TEST(GivenPlannerTest, FewerCutsLeaveDevicesOut) {
  const auto plan = make_given_planner(problem_of(3), {})->plan(DoublingTimes({1, 1, 1}));
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(stages_of(plan.value()), (Stages{{0, {0, 8}}}));
  EXPECT_TRUE(plan.value().predicted_links.empty());
}

TEST(GivenPlannerTest, ErrorsNameTheCut) {
  const DoublingTimes times({1, 1, 1});
  const auto error = [&](std::vector<int> cuts) {
    return error_of(*make_given_planner(problem_of(3), std::move(cuts)), times);
  };
  EXPECT_THAT(error({1, 2, 3}), HasSubstr("3 cuts make 4 stages, more than the 3 devices"));
  EXPECT_THAT(error({8}), HasSubstr("cut 1 (after unit 8) must be after one of the units 1..7"));
  EXPECT_THAT(error({0}), HasSubstr("cut 1 (after unit 0) must be after one of the units 1..7"));
  EXPECT_THAT(error({4, 4}), HasSubstr("cut 2 (after unit 4) must be after the one before"));
}

TEST(SolvingPlannerTest, FollowsTheTimesItIsGiven) {
  const auto planner = make_solving_planner(problem_of(2));
  const auto fast = planner->plan(DoublingTimes({4, 1}));
  ASSERT_TRUE(fast.ok());
  EXPECT_EQ(stages_of(fast.value()), (Stages{{0, {0, 5}}, {1, {5, 8}}}));
  const auto slow = planner->plan(DoublingTimes({1, 4}));
  ASSERT_TRUE(slow.ok());
  EXPECT_EQ(stages_of(slow.value()), (Stages{{0, {0, 8}}})) << "the second device does not help";
}

// Two equal devices and a link on which fine messages take 2000 us, coarse ones 200.
Problem choice_of_codecs() {
  Problem problem = problem_of(2);
  for (Unit& unit : problem.units) unit.activation_bytes = unit.gradient_bytes = 1000.0;
  problem.codecs.resize(2);
  problem.codecs[0].name = "fine";
  problem.codecs[1].name = "coarse";
  problem.codecs[1].activation_ratio = problem.codecs[1].gradient_ratio = 10.0;
  problem.codecs[1].quality_cost = 1.0;
  return problem;
}

TEST(SolvingPlannerTest, GivesACutTheCodecThatItsLinkNeeds) {
  Problem problem = choice_of_codecs();
  const DoublingTimes times({4, 4});
  const auto codec_at = [&](double bytes_per_s) {
    for (Device& device : problem.devices) device.bandwidth_bytes_per_s = bytes_per_s;
    return make_solving_planner(problem)->plan(times).value().stages.at(0).codec;
  };
  EXPECT_EQ(codec_at(4e6), 0) << "the fine one costs no time";
  EXPECT_EQ(codec_at(1e6), 1);
}

TEST(GivenPlannerTest, ChoosesCodecsAsTheSolverDoes) {
  Problem problem = choice_of_codecs();
  problem.time_tolerance = 0.05;
  const DoublingTimes times({4, 4});
  for (const double bytes_per_s : {1e5, 5e5, 9e5, 1e6, 2e6, 4e6}) {
    for (Device& device : problem.devices) device.bandwidth_bytes_per_s = bytes_per_s;
    const Plan solved = make_solving_planner(problem)->plan(times).value();
    std::vector<int> cuts;
    if (solved.stage_count() > 1) cuts.push_back(solved.stages[0].units.end);
    const Plan given = make_given_planner(problem, cuts)->plan(times).value();
    EXPECT_EQ(given.stages[0].codec, solved.stages[0].codec) << bytes_per_s;
    EXPECT_EQ(given.predicted_time, solved.predicted_time) << bytes_per_s;
    EXPECT_EQ(predicted(problem, given, times).stages[0].codec, given.stages[0].codec);
    EXPECT_EQ(placements_of(given, problem)[0].codec_after,
              given.stage_count() > 1 ? given.stages[0].codec : -1);
  }
}

TEST(SolvingPlannerTest, SaysWhyThereIsNoPlan) {
  Problem problem = problem_of(2);
  problem.devices[0].memory_bytes = 399.0;
  EXPECT_THAT(error_of(*make_solving_planner(problem), DoublingTimes({1, 1})),
              HasSubstr("unit 1 alone needs"));
}

}  // namespace
}  // namespace acceptlab::partition
