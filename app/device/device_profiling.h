#pragma once

#include <string>
#include <vector>

#include "runtime/device/work_thread.h"
#include "runtime/device_profile.h"
#include "scenarios/scenario.h"

namespace acceptlab::app {

// Measures this device on the work thread, by a clock on the wall: all units of the scenario's
// model at its batch, its codecs, and `sub_models` as one piece each.
DeviceProfile profile_device(device::WorkThread& work, const scenarios::Scenario& scenario,
                             const std::string& device, const std::vector<UnitRange>& sub_models);

// Measures these alone and enters them.
void profile_sub_models(device::WorkThread& work, const scenarios::Scenario& scenario,
                        const std::vector<UnitRange>& sub_models, DeviceProfile& profile);

// A profile as it travels. Throws std::runtime_error where the text is none.
DeviceProfile profile_of(const std::string& text);

}  // namespace acceptlab::app
