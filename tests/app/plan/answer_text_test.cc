#include "app/plan/answer_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/app/plan/answers.h"

namespace acceptlab::app {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(AnswerTextTest, IsATableForPeople) {
  const PlanInput input = sample_input();
  partition::Solution solution = sample_solution(input);
  add_explanation(solution);
  EXPECT_EQ(answer_to_text(input, solution),
            R"(problem       sample: 3 units, 3 devices, mode fixed_skip, half duplex
bottleneck    5.120 ms a mini-batch: stage 2 on board
1F1B          5.120 ms a mini-batch in the long run, links busy with both ways at once
lower bound   5.120 ms: no plan is better
proof         made up
solver        by hand

Stages, per mini-batch
  stage  device   units  compute ms  codec ms  total ms  slack ms  memory MB  limit MB
  -----  -------  -----  ----------  --------  --------  --------  ---------  --------  ----------
      1  central   1..1       3.000     0.120     3.120     2.000      4.000         -
      2  board     2..3       5.000     0.120     5.120     0.000     10.000    16.000  bottleneck

Links, per mini-batch
  link              after unit  codec  forward ms  backward ms  busy ms  slack ms
  ----------------  ----------  -----  ----------  -----------  -------  --------
  central -> board           1  mbq4        0.500        0.900    1.400     3.720

Next best plans
  bottleneck ms  worse %  stages
  -------------  -------  ------------
          8.000    56.25  central 1..3

What would change the plan
  link central -> board, now 100 Mbit/s: another plan is better below 31.2 Mbit/s
  device central: another plan is better below 0.625 times its speed
  device spare: another plan is better above 2 times its speed
  device board: another plan is better below 0.8 times its speed or above 1.75 times its speed

warning: something given does not count
warning: nothing was solved
)");
}

TEST(AnswerTextTest, WithoutExplanationSaysNothingOfWhatWouldChange) {
  const PlanInput input = sample_input();
  EXPECT_THAT(answer_to_text(input, sample_solution(input)), Not(HasSubstr("would change")));
}

TEST(AnswerTextTest, AProblemWithoutPlanSaysWhy) {
  partition::Solution solution;
  solution.why_infeasible = "unit 2 fits no device";
  EXPECT_EQ(answer_to_text(sample_input(), solution),
            "problem       sample: 3 units, 3 devices, mode fixed_skip, half duplex\n"
            "plan          none: unit 2 fits no device\n"
            "\n"
            "warning: something given does not count\n");
}

TEST(AnswerTextTest, SaysHowFarFromTheBoundAPlanMayBe) {
  const PlanInput input = sample_input();
  partition::Solution solution = sample_solution(input);
  solution.is_optimal = false;
  solution.lower_bound_us = solution.cost.objective_us / 1.25;
  EXPECT_THAT(answer_to_text(input, solution),
              HasSubstr("4.096 ms: the plan may be up to 25.00 % from the best\n"));
}

TEST(AnswerTextTest, AMakespanIsGivenBesideTheBottleneck) {
  PlanInput input = sample_input();
  input.problem.objective = partition::Objective::kMakespan;
  input.problem.micro_batches = 4;
  EXPECT_THAT(answer_to_text(input, sample_solution(input)),
              HasSubstr(" ms a mini-batch of 4 micro-batches\n"));
}

}  // namespace
}  // namespace acceptlab::app
