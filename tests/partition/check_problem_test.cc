#include "partition/check_problem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/partition/problems.h"

namespace acceptlab::partition {
namespace {

using ::testing::HasSubstr;

class CheckProblemTest : public ::testing::Test {
 protected:
  // Every planner must refuse the problem with the same words.
  std::string error() const {
    const auto direct = check_problem(problem_);
    EXPECT_TRUE(direct.has_value());
    if (!direct) return {};
    EXPECT_EQ(direct->kind, ErrorKind::kConfig);
    for (const auto& planner :
         {make_dp_planner(DpMode::kFixedAll), make_dp_planner(DpMode::kFixedSkip),
          make_even_planner(), make_given_planner({})}) {
      const auto plan = planner->plan(problem_);
      EXPECT_FALSE(plan.ok());
      if (!plan.ok()) {
        EXPECT_EQ(plan.error().message, direct->message);
      }
    }
    return direct->message;
  }

  const TableTimes times_ = additive_times({1, 1, 1}, {1, 1});
  PlanProblem problem_ = plain_problem(3, 2, 1, times_);
};

TEST_F(CheckProblemTest, AGoodProblemPasses) {
  EXPECT_FALSE(check_problem(problem_));
  problem_.bandwidth[0][0] = BitsPerSecond(0);  // a device to itself: not looked at
  EXPECT_FALSE(check_problem(problem_));
}

TEST_F(CheckProblemTest, NoUnits) {
  problem_.units = 0;
  EXPECT_THAT(error(), HasSubstr("a model needs at least 1 unit, have 0"));
}

TEST_F(CheckProblemTest, NoDevices) {
  problem_.devices.clear();
  EXPECT_THAT(error(), HasSubstr("there are no devices"));
}

TEST_F(CheckProblemTest, SizesThatDoNotMatch) {
  problem_.activation_bytes.pop_back();
  EXPECT_THAT(error(), HasSubstr("activation_bytes has 1 entries, expected 2"));
  problem_ = plain_problem(3, 2, 1, times_);
  problem_.gradient_bytes.emplace_back(1);
  EXPECT_THAT(error(), HasSubstr("gradient_bytes has 3 entries, expected 2"));
  problem_ = plain_problem(3, 2, 1, times_);
  problem_.parameter_bytes.pop_back();
  EXPECT_THAT(error(), HasSubstr("parameter_bytes has 2 entries, expected 3"));
  problem_ = plain_problem(3, 2, 1, times_);
  problem_.bandwidth.pop_back();
  EXPECT_THAT(error(), HasSubstr("bandwidth has 1 entries, expected 2"));
  problem_ = plain_problem(3, 2, 1, times_);
  problem_.bandwidth[1].pop_back();
  EXPECT_THAT(error(), HasSubstr("bandwidth from device 1 has 1 entries, expected 2"));
}

TEST_F(CheckProblemTest, BandwidthThatIsNotPositive) {
  for (const std::int64_t rate : {std::int64_t{0}, std::int64_t{-5}}) {
    problem_.bandwidth[1][0] = BitsPerSecond(rate);
    EXPECT_THAT(error(), HasSubstr("bandwidth from device 1 to device 0 must be positive, have " +
                                   std::to_string(rate) + " bit/s"));
  }
}

TEST_F(CheckProblemTest, ATransferThatNeverEnds) {
  problem_.bandwidth[0][1] = BitsPerSecond(1);
  problem_.activation_bytes[1] = Bytes(std::int64_t{1} << 40);
  EXPECT_THAT(error(), HasSubstr("from device 0 to device 1, 1 bit/s, needs more than 30 years"));
}

TEST_F(CheckProblemTest, NegativeSizes) {
  problem_.gradient_bytes[1] = Bytes(-1);
  EXPECT_THAT(error(), HasSubstr("gradient_bytes of unit 2 is negative: -1"));
  problem_ = plain_problem(3, 2, 1, times_);
  problem_.devices[1].memory = Bytes(-1);
  EXPECT_THAT(error(), HasSubstr("memory of device 1 is negative: -1"));
}

TEST_F(CheckProblemTest, AMemoryFactorThatIsNoFactor) {
  for (const double factor : {0.0, -1.0, std::numeric_limits<double>::infinity(),
                              std::numeric_limits<double>::quiet_NaN()}) {
    problem_.memory_factor = factor;
    EXPECT_THAT(error(), HasSubstr("memory_factor must be positive"));
  }
}

}  // namespace
}  // namespace acceptlab::partition
