#include <gtest/gtest.h>

#include <algorithm>

#include "app/figures/figure_list.h"
#include "runtime/base/result.h"
#include "scenarios/sweep.h"

// The figures that scenarios/paper lists can be made.
namespace acceptlab::app {
namespace {

const std::filesystem::path& folder() {
  static const std::filesystem::path path =
      std::filesystem::path(ACCEPTLAB_SOURCE_DIR) / "scenarios" / "paper";
  return path;
}

std::size_t points_of(const FigureStep& step, bool quick) {
  std::vector<std::string> set = step.set;
  if (quick) set.insert(set.end(), step.with_quick.begin(), step.with_quick.end());
  for (std::string& word : set) word = with_replaced(word, kHere, folder().string());
  return scenarios::expand_sweep(scenarios::read_document(folder() / step.scenario, set)).size();
}

TEST(ShippedFigures, HaveScenariosThatLoadAndAreNotLargerWhenQuick) {
  for (const Figure& figure : read_figures(folder() / "figures.toml")) {
    for (const FigureStep& step : figure.steps) {
      if (step.scenario.empty() || needs_traces(step)) continue;
      SCOPED_TRACE(figure.name + "/" + step.name);
      const std::size_t full = points_of(step, false);
      EXPECT_GE(full, 1u);
      EXPECT_LE(points_of(step, true), full);
    }
  }
}

TEST(ShippedFigures, AreThoseOfThePapersExperiments) {
  std::vector<std::string> names;
  for (const Figure& figure : read_figures(folder() / "figures.toml")) names.push_back(figure.name);
  for (const char* name : {"predictor", "adaptation", "codec", "accuracy", "bandwidth",
                           "time_to_accuracy", "architectures", "variable", "fidelity"}) {
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
  }
}

}  // namespace
}  // namespace acceptlab::app
