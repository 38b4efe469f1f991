#include "compression/bit_packing.h"

namespace acceptlab::compression {

void BitWriter::finish() {
  if (filled_ == 0) return;
  out_.push_back(static_cast<std::uint8_t>(waiting_));
  waiting_ = 0;
  filled_ = 0;
}

}  // namespace acceptlab::compression
