#pragma once

#include <filesystem>
#include <string>

#include "app/figures/figure_list.h"

namespace acceptlab::app {

// What holds for all steps.
struct StepSettings {
  std::filesystem::path here;    // folder of the list of figures
  std::filesystem::path traces;  // empty: none
  bool quick = false;
  int jobs = 1;
  std::string program;  // acceptlab itself
};

struct StepFolders {
  std::filesystem::path work;     // of a sweep: large, makes going on possible
  std::filesystem::path results;  // the tables that the figure is drawn from
};

enum class StepState {
  kDone,
  kKept,    // done before, from the same inputs
  kAbsent,  // what it needs is not there
  kFailed,  // as the program it started said
};

struct StepOutcome {
  StepState state = StepState::kDone;
  std::string note;  // why absent or failed
};

// Does the step unless its results are there, made from the same scenarios, files and words; leaves
// tables, provenance.json and README.md in the folder of results, which is replaced. Of a sweep
// that was interrupted the finished points are kept. Throws ConfigError where a scenario is wrong
// or a file cannot be written.
StepOutcome run_step(const Figure& figure, const FigureStep& step, const StepSettings& settings,
                     const StepFolders& folders);

}  // namespace acceptlab::app
