#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compression/tensor_info.h"

namespace acceptlab::app {

// What the message says of itself. Throws ConfigError, naming its file, where it is damaged, of
// another version, or claims more than kMaxFileValues values.
compression::TensorInfo inspect_message(const std::string& path,
                                        const std::vector<std::uint8_t>& message);

// The same as text for a terminal and as a JSON object whose keys bear their units.
std::string describe_message(const std::string& path, const compression::TensorInfo& info);
std::string message_to_json(const std::string& path, const compression::TensorInfo& info);

}  // namespace acceptlab::app
