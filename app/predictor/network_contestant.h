#pragma once

#include <memory>

#include "app/predictor/contestant.h"

namespace acceptlab::app {

// The dual-stream network, from the fixed probes: alone, as in the paper, or correcting the closed
// form. Its table is made monotone in range inclusion: a sub-model takes at least what any it
// contains takes.
std::unique_ptr<Contestant> make_network(int units, bool on_closed_form);

}  // namespace acceptlab::app
