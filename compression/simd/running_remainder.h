// CRC-32C of codes while they are in the nearest cache: there it costs three instructions for each
// 64 bytes, beside a kernel's other work, instead of a pass of its own.
// Included once a pass of foreach_target.h. Includes Highway.
#if defined(ACCEPTLAB_COMPRESSION_SIMD_RUNNING_REMAINDER_H) == defined(HWY_TARGET_TOGGLE)
#ifdef ACCEPTLAB_COMPRESSION_SIMD_RUNNING_REMAINDER_H
#undef ACCEPTLAB_COMPRESSION_SIMD_RUNNING_REMAINDER_H
#else
#define ACCEPTLAB_COMPRESSION_SIMD_RUNNING_REMAINDER_H
#endif

#include "compression/checksum.h"
#include "compression/simd/vectors.h"

#if HWY_TARGET != HWY_SCALAR
HWY_BEFORE_NAMESPACE();
namespace acceptlab::compression {
namespace HWY_NAMESPACE {

#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3_DL

// What multiplies 64 bits by x^bits. In the CRC's order of bits the lowest is the highest power,
// and a product comes out one bit short.
constexpr std::uint64_t power_factor(int bits) { return std::uint64_t{power_of_x(bits - 1)} << 32; }

// 64 bytes have the remainder of all that were taken in. To take in the next 64, they are
// multiplied by x^512, modulo the polynomial, and the next are added.
class RunningRemainder {
 public:
  HWY_INLINE explicit RunningRemainder(Span<const std::uint8_t> codes)
      : folded_(hn::Zero(Tag())), next_(codes.data()), codes_(codes) {}

  // Takes in whole 64 bytes up to `end`. What was stored just before it would have to wait for.
  HWY_INLINE void catch_up(const std::uint8_t* end) {
    alignas(16) static constexpr std::uint64_t kFactors[2] = {power_factor(512 + 64),
                                                              power_factor(512)};
    const auto factors = hn::LoadDup128(Tag(), kFactors);
    auto folded = folded_;  // as a member it would be stored each time
    const std::uint8_t* next = next_;
    for (; end - next >= kUnit; next += kUnit) {
      folded = hn::Xor3(hn::CLMulLower(folded, factors), hn::CLMulUpper(folded, factors),
                        hn::BitCast(Tag(), hn::LoadU(ByteTag(), next)));
    }
    folded_ = folded;
    next_ = next;
  }

  // Of all codes.
  HWY_INLINE ReducedBytes finish() {
    catch_up(codes_.end());
    std::uint8_t folded[kUnit];
    hn::StoreU(hn::BitCast(ByteTag(), folded_), ByteTag(), folded);
    const std::uint32_t remainder = remainder32c(Span<const std::uint8_t>(folded, kUnit), 0);
    const auto left = static_cast<std::size_t>(codes_.end() - next_);
    return {codes_.size(), remainder32c(Span<const std::uint8_t>(next_, left), remainder)};
  }

 private:
  using Tag = hn::Repartition<std::uint64_t, ByteTag>;
  static constexpr std::ptrdiff_t kUnit = 64;

  hn::Vec<Tag> folded_;
  const std::uint8_t* next_;
  Span<const std::uint8_t> codes_;
};

#else

// Without products of 64 bytes at once a pass behind the kernel is faster: with those of 16 bytes,
// AVX2 kernels took up to half as long again.
class RunningRemainder {
 public:
  HWY_INLINE explicit RunningRemainder(Span<const std::uint8_t> codes) : codes_(codes) {}
  HWY_INLINE void catch_up(const std::uint8_t* /*end*/) {}
  HWY_INLINE ReducedBytes finish() { return {codes_.size(), remainder32c(codes_, 0)}; }

 private:
  Span<const std::uint8_t> codes_;
};

#endif

}  // namespace HWY_NAMESPACE
}  // namespace acceptlab::compression
HWY_AFTER_NAMESPACE();
#endif  // HWY_SCALAR

#endif  // include guard, once a target
