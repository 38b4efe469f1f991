#include "partition/problem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

namespace acceptlab::partition {
namespace {

using ::testing::HasSubstr;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Problem good_problem() {
  Problem problem;
  problem.units.resize(3);
  problem.units[1].name = "stem";
  problem.devices.resize(2);
  problem.devices[1].name = "pi";
  return problem;
}

struct Fault {
  const char* message;
  std::function<void(Problem&)> make;
};

TEST(CheckTest, AGoodProblemPasses) { EXPECT_FALSE(check(good_problem())); }

TEST(CheckTest, NamesFieldPlaceAndValue) {
  const std::vector<Fault> faults = {
      {"there are no units", [](Problem& p) { p.units.clear(); }},
      {"there are no devices", [](Problem& p) { p.devices.clear(); }},
      {"units[1] ('stem'): forward_us", [](Problem& p) { p.units[1].time.forward_us = kNan; }},
      {"units[0]: backward_us must be a number from 0 to 1e18, have -1",
       [](Problem& p) { p.units[0].time.backward_us = -1.0; }},
      {"activation_bytes", [](Problem& p) { p.units[2].activation_bytes = kInfinity; }},
      {"gradient_bytes", [](Problem& p) { p.units[2].gradient_bytes = -2.0; }},
      {"parameter_bytes", [](Problem& p) { p.units[2].parameter_bytes = 2e18; }},
      {"stash_bytes", [](Problem& p) { p.units[2].stash_bytes = kNan; }},
      {"devices[1] ('pi'): time_factor must be a number above 0",
       [](Problem& p) { p.devices[1].time_factor = 0.0; }},
      {"bandwidth_bytes_per_s", [](Problem& p) { p.devices[1].bandwidth_bytes_per_s = 0.0; }},
      {"latency_us", [](Problem& p) { p.devices[0].latency_us = -1.0; }},
      {"memory_bytes", [](Problem& p) { p.devices[0].memory_bytes = kNan; }},
      {"codec_time_factor", [](Problem& p) { p.devices[0].codec_time_factor = kNan; }},
      {"unit_times has 1 entries for 3 units",
       [](Problem& p) { p.devices[0].unit_times.resize(1); }},
      {"unit_times[2]: forward_us",
       [](Problem& p) {
         p.devices[0].unit_times.resize(3);
         p.devices[0].unit_times[2].forward_us = kNan;
       }},
      {"sub_model_times has 4 entries, expected 9",
       [](Problem& p) { p.devices[0].sub_model_times.resize(4); }},
      {"sub_model_times of units 1..2: backward_us",
       [](Problem& p) {
         p.devices[0].sub_model_times.resize(9);
         p.devices[0].sub_model_times[1].backward_us = -1.0;
       }},
      {"links has 1 rows for 2 devices", [](Problem& p) { p.links.resize(1); }},
      {"links[1] has 0 entries",
       [](Problem& p) {
         p.links.resize(2);
         p.links[0].resize(2);
       }},
      {"links[0][1]: bandwidth_bytes_per_s",
       [](Problem& p) {
         p.links.assign(2, std::vector<Link>(2));
         p.links[0][1].bandwidth_bytes_per_s = -1.0;
       }},
      {"activation_ratio",
       [](Problem& p) {
         p.codecs.resize(1);
         p.codecs[0].activation_ratio = 0.0;
       }},
      {"encode_us_per_byte",
       [](Problem& p) {
         p.codecs.resize(1);
         p.codecs[0].gradient_time.encode_us_per_byte = kNan;
       }},
      {"memory_factor", [](Problem& p) { p.memory_factor = 0.0; }},
      {"micro_batches must be at least 1, have 0", [](Problem& p) { p.micro_batches = 0; }},
      {"quality_budget", [](Problem& p) { p.quality_budget = -1.0; }},
  };
  for (const Fault& fault : faults) {
    Problem problem = good_problem();
    fault.make(problem);
    const auto error = check(problem);
    ASSERT_TRUE(error.has_value()) << fault.message;
    EXPECT_EQ(error->kind, ErrorKind::kConfig);
    EXPECT_THAT(error->message, HasSubstr(fault.message));
  }
}

TEST(CheckTest, TheDiagonalOfLinksIsNotLookedAt) {
  Problem problem = good_problem();
  problem.links.assign(2, std::vector<Link>(2));
  problem.links[1][1].bandwidth_bytes_per_s = -1.0;
  EXPECT_FALSE(check(problem));
}

}  // namespace
}  // namespace acceptlab::partition
