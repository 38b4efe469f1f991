#include "predictor/probes.h"

#include <gtest/gtest.h>

#include <set>

namespace acceptlab::predictor {
namespace {

TEST(FixedProbes, AreTenOfTheModel) {
  for (const int units : {4, 5, 9, 20, 64}) {
    const std::vector<UnitRange> probes = fixed_probes(units);
    EXPECT_EQ(probes.size(), static_cast<std::size_t>(kProbes)) << units;
    EXPECT_EQ(std::set<UnitRange>(probes.begin(), probes.end()).size(), probes.size());
    for (const UnitRange probe : probes) {
      EXPECT_GE(probe.begin, 0);
      EXPECT_LT(probe.begin, probe.end);
      EXPECT_LE(probe.end, units);
    }
  }
}

TEST(FixedProbes, AreAllSubModelsWhereThereAreFewer) {
  EXPECT_EQ(fixed_probes(1), (std::vector<UnitRange>{{0, 1}}));
  EXPECT_EQ(fixed_probes(3), all_sub_models(3));
}

TEST(AllSubModels, AreEveryRange) {
  EXPECT_EQ(all_sub_models(2), (std::vector<UnitRange>{{0, 1}, {0, 2}, {1, 2}}));
  EXPECT_EQ(all_sub_models(20).size(), 210U);
}

}  // namespace
}  // namespace acceptlab::predictor
