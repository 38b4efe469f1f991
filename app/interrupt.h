#pragma once

#include <chrono>

#include "runtime/base/units.h"

namespace acceptlab::app {

// From now on SIGINT and SIGTERM are noted instead of ending the process at once; a second one
// ends it.
void note_interrupts();
bool interrupted();

// How long to wait for other things at most, until the next look at it.
constexpr Duration kGlance = std::chrono::milliseconds(200);

// What a command returns that was interrupted, as shells do: 128 + SIGINT.
constexpr int kInterruptedExit = 130;

}  // namespace acceptlab::app
