#include "compression/layout.h"

#include <array>
#include <cstring>

#include "compression/codec_spec.h"
#include "runtime/base/check.h"

namespace acceptlab::compression {

namespace {

// A block's words: word w of lane l at [w][l].
using BlockWords = std::array<std::array<std::uint32_t, kLanes>, kMaxBits>;

std::size_t block_bytes(int bits) { return packed_size(kBlock, bits); }

// Adds the code of value v.
void put(Layout layout, int bits, std::size_t v, std::uint32_t code, BlockWords& words) {
  const std::size_t lane = v % kLanes;
  const std::size_t field = v / kLanes;
  if (layout == Layout::kPlanes) {
    for (std::size_t w = 0; w < static_cast<std::size_t>(bits); ++w) {
      words[w][lane] |= (code >> w & 1) << field;
    }
    return;
  }
  const std::size_t at = field * static_cast<std::size_t>(bits);
  words[at / 32][lane] |= code << at % 32;
  if (at % 32 + static_cast<std::size_t>(bits) > 32) {
    words[at / 32 + 1][lane] |= code >> (32 - at % 32);
  }
}

std::uint32_t get(Layout layout, int bits, std::size_t v, const BlockWords& words) {
  const std::size_t lane = v % kLanes;
  const std::size_t field = v / kLanes;
  std::uint32_t code = 0;
  if (layout == Layout::kPlanes) {
    for (std::size_t w = 0; w < static_cast<std::size_t>(bits); ++w) {
      code |= (words[w][lane] >> field & 1) << w;
    }
    return code;
  }
  const std::size_t at = field * static_cast<std::size_t>(bits);
  code = words[at / 32][lane] >> at % 32;
  if (at % 32 + static_cast<std::size_t>(bits) > 32) {
    code |= words[at / 32 + 1][lane] << (32 - at % 32);
  }
  return code & ((1U << bits) - 1);
}

}  // namespace

void pack_group(Layout layout, int bits, Span<const std::uint8_t> codes,
                Span<std::uint8_t> packed) {
  const std::size_t blocks = codes.size() / kBlock;
  for (std::size_t b = 0; b < blocks; ++b) {
    BlockWords words{};
    for (std::size_t v = 0; v < kBlock; ++v) put(layout, bits, v, codes[b * kBlock + v], words);
    std::memcpy(packed.data() + b * block_bytes(bits), words.data(), block_bytes(bits));
  }
  const std::size_t done = blocks * kBlock;
  const std::size_t start = blocks * block_bytes(bits);
  pack_rest(bits, codes.subspan(done, codes.size() - done),
            packed.subspan(start, packed.size() - start));
}

void unpack_group(Layout layout, int bits, Span<const std::uint8_t> packed,
                  Span<std::uint8_t> codes) {
  const std::size_t blocks = codes.size() / kBlock;
  for (std::size_t b = 0; b < blocks; ++b) {
    BlockWords words;
    std::memcpy(words.data(), packed.data() + b * block_bytes(bits), block_bytes(bits));
    for (std::size_t v = 0; v < kBlock; ++v) {
      codes[b * kBlock + v] = static_cast<std::uint8_t>(get(layout, bits, v, words));
    }
  }
  const std::size_t done = blocks * kBlock;
  const std::size_t start = blocks * block_bytes(bits);
  unpack_rest(bits, packed.subspan(start, packed.size() - start),
              codes.subspan(done, codes.size() - done));
}

void pack_rest(int bits, Span<const std::uint8_t> codes, Span<std::uint8_t> packed) {
  ACCEPTLAB_CHECK(packed.size() == packed_size(codes.size(), bits));
  unsigned waiting = 0;
  int filled = 0;
  std::uint8_t* next = packed.data();
  for (const std::uint8_t code : codes) {
    waiting |= unsigned{code} << filled;
    filled += bits;
    if (filled < 8) continue;
    *next++ = static_cast<std::uint8_t>(waiting);
    waiting >>= 8;
    filled -= 8;
  }
  if (filled > 0) *next = static_cast<std::uint8_t>(waiting);
}

void unpack_rest(int bits, Span<const std::uint8_t> packed, Span<std::uint8_t> codes) {
  ACCEPTLAB_CHECK(packed.size() == packed_size(codes.size(), bits));
  unsigned waiting = 0;
  int filled = 0;
  const std::uint8_t* next = packed.data();
  for (std::uint8_t& code : codes) {
    if (filled < bits) {
      waiting |= unsigned{*next++} << filled;
      filled += 8;
    }
    code = static_cast<std::uint8_t>(waiting & ((1U << bits) - 1));
    waiting >>= bits;
    filled -= bits;
  }
}

bool padding_is_zero(int bits, std::size_t count, Span<const std::uint8_t> packed) {
  const std::size_t used = count % 8 * static_cast<std::size_t>(bits) % 8;
  return used == 0 || packed[packed.size() - 1] >> used == 0;
}

}  // namespace acceptlab::compression
