// What the kernels share in each of their passes through hwy/foreach_target.h; included once a
// pass, hence no #pragma once. Includes Highway.
#if defined(ACCEPTLAB_COMPRESSION_SIMD_VECTORS_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ACCEPTLAB_COMPRESSION_SIMD_VECTORS_H
#undef ACCEPTLAB_COMPRESSION_SIMD_VECTORS_H
#else
#define ACCEPTLAB_COMPRESSION_SIMD_VECTORS_H
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "compression/layout.h"
#include "compression/sums.h"

#if HWY_TARGET != HWY_SCALAR
HWY_BEFORE_NAMESPACE();
namespace acceptlab::compression {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// At most the 16 lanes of the format; a narrower vector goes over a block several times.
using FloatTag = hn::CappedTag<float, kLanes>;
using WordTag = hn::RebindToUnsigned<FloatTag>;
using Floats = hn::Vec<FloatTag>;
using Words = hn::Vec<WordTag>;

HWY_INLINE std::size_t vector_lanes() { return hn::Lanes(FloatTag()); }

// Bytes of the format have no alignment.
using ByteTag = hn::Repartition<std::uint8_t, WordTag>;
HWY_INLINE void store_words(Words words, std::uint8_t* to) {
  hn::StoreU(hn::BitCast(ByteTag(), words), ByteTag(), to);
}
HWY_INLINE Words load_words(const std::uint8_t* from) {
  return hn::BitCast(WordTag(), hn::LoadU(ByteTag(), from));
}

}  // namespace HWY_NAMESPACE
}  // namespace acceptlab::compression
HWY_AFTER_NAMESPACE();
#endif  // HWY_SCALAR, which uses the plain version

#endif  // include guard, once a target
