#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "compression/codec_spec.h"
#include "compression/group_quantizer.h"
#include "runtime/ports/tensor_codec.h"

namespace acceptlab::compression {

// Codes a tensor group by group with a quantizer, the codes packed without a gap across groups.
// One thread at a time: encode and decode use scratch memory.
class GroupedCodec final : public TensorCodec {
 public:
  // Requires: the spec is good and the quantizer is one of its scheme.
  GroupedCodec(const CodecSpec& spec, std::uint64_t seed,
               std::unique_ptr<GroupQuantizer> quantizer);

  Bytes encoded_size(std::size_t count) const override;
  Result<std::vector<std::uint8_t>> encode(Span<const float> values, TensorId id) override;
  // On an error, what `values` holds is unspecified.
  Result<std::size_t> decode(Span<const std::uint8_t> bytes, Span<float> values) override;

 private:
  const CodecSpec spec_;
  const std::uint64_t seed_;
  const std::unique_ptr<GroupQuantizer> quantizer_;
  std::vector<float> scales_;        // of one group
  std::vector<float> levels_;        // of one group
  std::vector<std::uint8_t> codes_;  // of one group
};

}  // namespace acceptlab::compression
