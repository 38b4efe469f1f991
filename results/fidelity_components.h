#pragma once

#include <string>
#include <vector>

#include "results/run_summary.h"

namespace acceptlab::results {

// One time of a run, in both worlds, ms per mini-batch.
struct FidelityComponent {
  std::string part;      // "stage 0", "cut 0|1", "link 0>1"
  std::string quantity;  // "compute", "codec", "update", "busy", "wait", "activation transfer"...
  double real_ms = 0.0;
  double emulated_ms = 0.0;
};

// What both runs have of stages, cuts and links, in that order.
std::vector<FidelityComponent> components_of(const RunSummary& real, const RunSummary& emulated);

// Rows of fidelity_components.csv, and its header. The last column is the difference as a share of
// the real time per batch: by how much this part, were it the bottleneck, makes the whole wrong.
std::string components_header();
std::string components_to_csv(int point, const std::vector<FidelityComponent>& components,
                              double real_ms_per_batch);

}  // namespace acceptlab::results
