#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "runtime/ports/tensor_codec.h"

// Codecs that remember what an inner codec lost, for one direction of all links of a run: a stream
// is remembered apart from all others, and its sender apart from its receiver. In the emulation one
// object serves both ends; on a device it has the state of that device's ends alone. One thread at
// a time.
namespace acceptlab::compression {

// Error feedback: what a message lost is added to the next one of its stream, value by value. So
// the sum of what arrives differs from the sum of what was to be sent by the latest loss alone. The
// sender alone remembers. It begins with nothing in every epoch, so that a run resumed between two
// goes on bit for bit, and where a tensor's size changes.
class ErrorFeedbackCodec final : public TensorCodec {
 public:
  explicit ErrorFeedbackCodec(std::unique_ptr<TensorCodec> inner) : inner_(std::move(inner)) {}

  Bytes encoded_size(std::size_t count) const override { return inner_->encoded_size(count); }
  Result<std::vector<std::uint8_t>> encode(Span<const float> values, TensorId id) override;
  Result<std::size_t> decode(Span<const std::uint8_t> bytes, TensorId id,
                             Span<float> values) override;
  void forget(std::uint64_t stream) override { residuals_.erase(stream); }

  // Of what is remembered, over all streams.
  Bytes memory() const;

 private:
  struct Residual {
    std::int32_t epoch = -1;
    std::vector<float> values;  // lost by the latest message
  };
  Residual& residual_of(TensorId id, std::size_t count);

  std::unique_ptr<TensorCodec> inner_;
  std::map<std::uint64_t, Residual> residuals_;  // by stream
  std::vector<float> sum_;                       // scratch
  std::vector<float> decoded_;                   // scratch
};

// Activation deltas (AQ-SGD, arXiv 2206.01299): both ends keep the activation last decoded of every
// training sample, and what crosses is the encoded difference to it. A sample not yet seen counts
// as zero. The better an activation is known, the smaller its difference, and so its error.
//
// Both ends must see the same messages in an order that is the same for each sample; what they keep
// then stays equal bit for bit. It is kept as long as its stream: float32 for every sample at each
// end.
class DeltaCodec final : public TensorCodec {
 public:
  // The training samples that a message holds, in the order of their values, each of equally many.
  using SamplesOf = std::function<std::vector<std::int64_t>(TensorId)>;

  DeltaCodec(std::unique_ptr<TensorCodec> inner, SamplesOf samples_of)
      : inner_(std::move(inner)), samples_of_(std::move(samples_of)) {}

  Bytes encoded_size(std::size_t count) const override { return inner_->encoded_size(count); }
  Result<std::vector<std::uint8_t>> encode(Span<const float> values, TensorId id) override;
  Result<std::size_t> decode(Span<const std::uint8_t> bytes, TensorId id,
                             Span<float> values) override;
  // At both ends.
  void forget(std::uint64_t stream) override;

  // Of what is kept, over all streams and both ends.
  Bytes memory() const;

 private:
  using Samples = std::map<std::int64_t, std::vector<float>>;  // by sample id
  using Streams = std::map<std::uint64_t, Samples>;            // by stream
  std::vector<float*> kept_of(Streams& streams, TensorId id, std::size_t count) const;

  std::unique_ptr<TensorCodec> inner_;
  SamplesOf samples_of_;
  Streams sent_;
  Streams received_;
  std::vector<float> delta_;    // scratch
  std::vector<float> decoded_;  // scratch
};

}  // namespace acceptlab::compression
