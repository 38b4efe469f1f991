#pragma once

// For .cc files and headers of this folder only: it brings in the JSON library.

#include <nlohmann/json.hpp>
#include <string>

#include "app/device/control.h"

namespace acceptlab::app {

// What a greeting or its answer says of its sender's program, by name. Throws std::runtime_error
// where it says nothing that can be compared.
nlohmann::json facts_of(const Control& control);

// Names the first fact in which two devices differ, with both values; empty: none.
std::string facts_difference(const nlohmann::json& one, const std::string& one_name,
                             const nlohmann::json& other, const std::string& other_name);

}  // namespace acceptlab::app
