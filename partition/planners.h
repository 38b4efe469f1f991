#pragma once

#include <memory>
#include <vector>

#include "runtime/ports/planner.h"

namespace acceptlab::partition {

// Which devices a plan of the dynamic program uses. Their order is always the given one and the
// first stage is always on device 0, which holds the data.
enum class DpMode {
  kFixedAll,   // every device has a stage
  kFixedSkip,  // devices but the first may be left out
};

// Finds a plan with the least bottleneck, the largest time of a stage or a link. Exact: times are
// integers and compared as such.
//
// A link is half duplex, as in FTPipeHD's 2a/B: between consecutive used devices p and q it takes
// activation bytes / bandwidth[p][q] + gradient bytes / bandwidth[q][p], each rounded up.
//
// Of several plans with the least bottleneck: the fewest stages, then the least sum of all stage
// and link times (the time of one batch through an empty pipeline); then, going from the last stage
// to the first, the device that comes first and the cut that comes first. So the result is a
// function of the problem, and a device is used only where it helps.
//
// Cost: one prediction per device and sub-model; then units^2 steps per device (kFixedAll) or pair
// of devices (kFixedSkip).
std::unique_ptr<Planner> make_dp_planner(DpMode mode);

// The same number of units for every device, the first ones having one more where it does not
// divide. Looks at no times; says what they will be.
std::unique_ptr<Planner> make_even_planner();

// The cuts a user gives: the last unit, counted from 1, of each stage but the last. Stages go to
// the devices in order; devices beyond the last stage are left out, so no cut at all is device 0
// alone.
std::unique_ptr<Planner> make_given_planner(std::vector<int> cuts);

}  // namespace acceptlab::partition
