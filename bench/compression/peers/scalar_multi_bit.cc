// Greedy multi-bit quantization with 4 planes around the group's mean, as one writes it at first.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <vector>

#include "bench/compression/error_measures.h"
#include "bench/compression/peers/peer.h"

namespace acceptlab::codec_bench {
namespace {

constexpr std::size_t kGroup = 1024;
constexpr int kPlanes = 4;

struct Scales {
  float mean = 0.0F;
  std::array<float, kPlanes> alphas{};
};

class ScalarMultiBit final : public Coder {
 public:
  std::size_t encode(Span<const float> values) override {
    scales_.clear();
    codes_.assign((values.size() + 1) / 2, 0);
    for (std::size_t first = 0; first < values.size(); first += kGroup) {
      encode_group(values, first, std::min(first + kGroup, values.size()));
    }
    return codes_.size() + sizeof(Scales) * scales_.size();
  }
  void decode(Span<float> values) override {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const Scales& scales = scales_[i / kGroup];
      const int code = codes_[i / 2] >> (i % 2 * 4);
      float value = scales.mean;
      for (int plane = 0; plane < kPlanes; ++plane) {
        const float alpha = scales.alphas[static_cast<std::size_t>(plane)];
        value += (code >> plane & 1) != 0 ? alpha : -alpha;
      }
      values[i] = value;
    }
  }
  bool is_sane(Span<const float> values, Span<const float> decoded) const override {
    return snr_db(values, decoded) > 7.0;
  }

 private:
  void encode_group(Span<const float> values, std::size_t first, std::size_t last) {
    const std::size_t count = last - first;
    Scales scales;
    float sum = 0.0F;
    for (std::size_t j = 0; j < count; ++j) sum += values[first + j];
    scales.mean = sum / static_cast<float>(count);
    for (std::size_t j = 0; j < count; ++j) residual_[j] = values[first + j] - scales.mean;
    group_codes_.fill(0);
    for (int plane = 0; plane < kPlanes; ++plane) {
      scales.alphas[static_cast<std::size_t>(plane)] = fit_plane(count, plane);
    }
    scales_.push_back(scales);
    for (std::size_t j = 0; j < count; j += 2) {
      codes_[(first + j) / 2] =
          static_cast<std::uint8_t>(group_codes_[j] | group_codes_[j + 1] << 4);
    }
  }
  float fit_plane(std::size_t count, int plane) {
    float sum = 0.0F;
    for (std::size_t j = 0; j < count; ++j) sum += std::fabs(residual_[j]);
    const float alpha = sum / static_cast<float>(count);
    for (std::size_t j = 0; j < count; ++j) {
      const int positive = std::signbit(residual_[j]) ? 0 : 1;
      residual_[j] -= std::copysign(alpha, residual_[j]);
      group_codes_[j] = static_cast<std::uint8_t>(group_codes_[j] | positive << plane);
    }
    return alpha;
  }

  std::array<std::uint8_t, kGroup> group_codes_{};
  std::array<float, kGroup> residual_{};
  std::vector<Scales> scales_;
  std::vector<std::uint8_t> codes_;
};

const PeerRegistration kScalar({"scalar-mbq4-greedy", "mbq4-greedy",
                                [] { return std::make_unique<ScalarMultiBit>(); }});

}  // namespace
}  // namespace acceptlab::codec_bench
