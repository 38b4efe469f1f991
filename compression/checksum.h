#pragma once

#include <cstdint>

#include "runtime/base/span.h"

namespace acceptlab::compression {

// CRC-32C (Castagnoli), as in iSCSI: that of "123456789" is e3069283.
std::uint32_t crc32c(Span<const std::uint8_t> bytes);

}  // namespace acceptlab::compression
