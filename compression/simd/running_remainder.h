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

#if HWY_ARCH_X86

// What multiplies 64 bits by x^bits. In the CRC's order of bits the lowest is the highest power,
// and a product comes out one bit short.
constexpr std::uint64_t power_factor(int bits) { return std::uint64_t{power_of_x(bits - 1)} << 32; }

// 64 bytes have the remainder of all that were taken in. To take in the next 64, they are
// multiplied by x^512, modulo the polynomial, and the next are added.
class RunningRemainder {
 public:
  HWY_INLINE explicit RunningRemainder(Span<const std::uint8_t> codes)
      : next_(codes.data()), codes_(codes) {
    for (std::size_t i = 0; i < kParts; ++i) part_[i] = hn::Zero(Tag());
  }

  // Takes in whole 64 bytes up to `end`.
  HWY_INLINE void catch_up(const std::uint8_t* end) {
    alignas(16) static constexpr std::uint64_t kFactors[2] = {power_factor(512 + 64),
                                                              power_factor(512)};
    const Tag d;
    const auto factors = hn::LoadDup128(d, kFactors);
    for (; end - next_ >= kUnit; next_ += kUnit) {
      for (std::size_t i = 0; i < kParts; ++i) {
        const auto bytes =
            hn::LoadU(hn::Repartition<std::uint8_t, Tag>(), next_ + i * sizeof(Part));
        part_[i] = hn::Xor3(hn::CLMulLower(part_[i], factors), hn::CLMulUpper(part_[i], factors),
                            hn::BitCast(d, bytes));
      }
    }
  }

  // Of all codes.
  HWY_INLINE ReducedBytes finish() {
    catch_up(codes_.end());
    std::uint8_t folded[kUnit];
    for (std::size_t i = 0; i < kParts; ++i) {
      const hn::Repartition<std::uint8_t, Tag> d8;
      hn::StoreU(hn::BitCast(d8, part_[i]), d8, folded + i * sizeof(Part));
    }
    const std::uint32_t remainder = remainder32c(Span<const std::uint8_t>(folded, kUnit), 0);
    const auto left = static_cast<std::size_t>(codes_.end() - next_);
    return {codes_.size(), remainder32c(Span<const std::uint8_t>(next_, left), remainder)};
  }

 private:
  // Before AVX-512 only 16 bytes are multiplied at once.
  using Tag = hn::CappedTag<std::uint64_t, HWY_TARGET <= HWY_AVX3_DL ? 8 : 2>;
  using Part = hn::Vec<Tag>;
  static constexpr std::ptrdiff_t kUnit = 64;
  static constexpr std::size_t kParts = kUnit / sizeof(Part);

  Part part_[kParts];
  const std::uint8_t* next_;
  Span<const std::uint8_t> codes_;
};

#else

// Where such products are no instruction, or one that only some processors have.
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
