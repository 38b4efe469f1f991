// 4-bit stochastic uniform quantization as one writes it at first: the peer that shows what SIMD
// gains. Ordinary code and compiler flags: nothing helps or hinders the vectoriser.
#include <algorithm>
#include <memory>
#include <vector>

#include "bench/compression/error_measures.h"
#include "bench/compression/peers/peer.h"

namespace acceptlab::codec_bench {
namespace {

constexpr std::size_t kGroup = 1024;
constexpr int kLevels = 15;

class XorShift {
 public:
  // Uniform in [0, 1).
  float next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return static_cast<float>(state_ >> 8) * 0x1.0p-24F;
  }

 private:
  std::uint32_t state_ = 2463534242;
};

class ScalarUniform final : public Coder {
 public:
  std::size_t encode(Span<const float> values) override {
    low_.clear(), step_.clear();
    codes_.resize((values.size() + 1) / 2);
    for (std::size_t first = 0; first < values.size(); first += kGroup) {
      encode_group(values, first, std::min(first + kGroup, values.size()));
    }
    return codes_.size() + 2 * sizeof(float) * low_.size();
  }
  void decode(Span<float> values) override {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const int code = codes_[i / 2] >> (i % 2 * 4) & 15;
      values[i] = low_[i / kGroup] + static_cast<float>(code) * step_[i / kGroup];
    }
  }
  bool is_sane(Span<const float> values, Span<const float> decoded) const override {
    return largest_error(values, decoded) <= 1.001 * range_of(values) / kLevels;
  }

 private:
  void encode_group(Span<const float> values, std::size_t first, std::size_t last) {
    float low = values[first];
    float high = values[first];
    for (std::size_t i = first; i < last; ++i) {
      low = std::min(low, values[i]);
      high = std::max(high, values[i]);
    }
    low_.push_back(low);
    step_.push_back((high - low) / kLevels);
    const float scale = high > low ? kLevels / (high - low) : 0.0F;
    for (std::size_t i = first; i < last; ++i) {
      const int code = static_cast<int>((values[i] - low) * scale + random_.next());
      put(i, std::min(code, kLevels));
    }
  }
  void put(std::size_t i, int code) {
    if (i % 2 == 0) {
      codes_[i / 2] = static_cast<std::uint8_t>(code);
    } else {
      codes_[i / 2] = static_cast<std::uint8_t>(codes_[i / 2] | code << 4);
    }
  }

  XorShift random_;
  std::vector<float> low_;
  std::vector<float> step_;
  std::vector<std::uint8_t> codes_;
};

const PeerRegistration kScalar({"scalar-suq4", "suq4",
                                [] { return std::make_unique<ScalarUniform>(); }});

}  // namespace
}  // namespace acceptlab::codec_bench
