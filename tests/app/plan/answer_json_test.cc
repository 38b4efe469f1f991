#include "app/plan/answer_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/app/plan/answers.h"

namespace acceptlab::app {
namespace {

using nlohmann::json;

json answer(bool explained) {
  const PlanInput input = sample_input();
  partition::Solution solution = sample_solution(input);
  if (explained) add_explanation(solution);
  return json::parse(answer_to_json(input, solution));
}

TEST(AnswerJsonTest, SaysWhereEveryUnitGoesAndWhatItTakes) {
  const json a = answer(false);
  EXPECT_EQ(a["feasible"], true);
  EXPECT_EQ(a["mode"], "fixed_skip");
  const json& first = a["stages"][0];
  EXPECT_EQ(first["device"], "central");
  EXPECT_EQ(first["first_unit"], 1);
  EXPECT_EQ(first["last_unit"], 1);
  EXPECT_DOUBLE_EQ(first["compute_us"], 3000.0);
  EXPECT_DOUBLE_EQ(first["codec_us"], 120.0);
  EXPECT_DOUBLE_EQ(first["total_us"], 3120.0);
  EXPECT_DOUBLE_EQ(first["slack_us"], 2000.0);
  EXPECT_EQ(first["is_bottleneck"], false);
  EXPECT_DOUBLE_EQ(first["memory_bytes"], 4e6);
  EXPECT_EQ(first["memory_limit_bytes"], nullptr);
  const json& second = a["stages"][1];
  EXPECT_EQ(second["device"], "board");
  EXPECT_EQ(second["first_unit"], 2);
  EXPECT_EQ(second["last_unit"], 3);
  EXPECT_EQ(second["slack_us"], 0.0);
  EXPECT_EQ(second["is_bottleneck"], true);
  EXPECT_EQ(second["memory_limit_bytes"], 16e6);
  EXPECT_EQ(a["bottleneck_us"], second["total_us"]);
  EXPECT_EQ(a["lower_bound_us"], second["total_us"]);
  EXPECT_EQ(a["is_optimal"], true);
}

TEST(AnswerJsonTest, SaysWhatEveryLinkTakes) {
  const json a = answer(false);
  const json& link = a["links"][0];
  EXPECT_EQ(link["from"], "central");
  EXPECT_EQ(link["to"], "board");
  EXPECT_EQ(link["after_unit"], 1);
  EXPECT_EQ(link["codec"], "mbq4");
  EXPECT_DOUBLE_EQ(link["forward_us"], 500.0);   // 40 kB / 8 at 12.5 MB/s, 100 us
  EXPECT_DOUBLE_EQ(link["backward_us"], 900.0);  // 40 kB / 4
  EXPECT_DOUBLE_EQ(link["transfer_us"], 1400.0);
  EXPECT_FALSE(link.contains("break_even"));
}

TEST(AnswerJsonTest, SaysWhatWouldChangeThePlan) {
  const json a = answer(true);
  EXPECT_EQ(a["links"][0]["break_even"]["now_bytes_per_s"], 12.5e6);
  EXPECT_EQ(a["links"][0]["break_even"]["below_bytes_per_s"], 3.9e6);
  EXPECT_EQ(a["links"][0]["break_even"]["above_bytes_per_s"], nullptr);
  EXPECT_EQ(a["devices"][0]["is_used"], true);
  EXPECT_EQ(a["devices"][0]["break_even"]["below_speed"], 0.625);
  EXPECT_EQ(a["devices"][1]["is_used"], false);
  EXPECT_EQ(a["devices"][1]["break_even"]["above_speed"], 2.0);
  EXPECT_EQ(a["alternatives"][0]["objective_us"], 8000.0);
  EXPECT_EQ(a["alternatives"][0]["stages"][0]["last_unit"], 3);
  EXPECT_EQ(a["alternatives"][0]["stages"][0]["codec_after"], nullptr);
}

TEST(AnswerJsonTest, WarnsOfTheInputAndOfThePlan) {
  EXPECT_EQ(answer(false)["warnings"],
            json({"something given does not count", "nothing was solved"}));
}

TEST(AnswerJsonTest, AProblemWithoutPlanSaysWhy) {
  partition::Solution solution;
  solution.why_infeasible = "unit 2 fits no device";
  const json a = json::parse(answer_to_json(sample_input(), solution));
  EXPECT_EQ(a["feasible"], false);
  EXPECT_EQ(a["reason"], "unit 2 fits no device");
  EXPECT_FALSE(a.contains("stages"));
}

TEST(AnswerJsonTest, ABandwidthWithoutLimitIsNull) {
  const PlanInput input = sample_input();
  partition::Solution solution = sample_solution(input);
  add_explanation(solution);
  solution.link_bandwidth[0].now = std::numeric_limits<double>::infinity();
  const json a = json::parse(answer_to_json(input, solution));
  EXPECT_EQ(a["links"][0]["break_even"]["now_bytes_per_s"], nullptr);
}

}  // namespace
}  // namespace acceptlab::app
