#include "runtime/torch/stage_io.h"

#include <torch/torch.h>

#include <cmath>
#include <sstream>
#include <stdexcept>

#include "runtime/torch/input_format.h"
#include "runtime/torch/tensor_bytes.h"

namespace acceptlab::torch_stage {

torch::Tensor StageIo::decode_input(const Op& op, TensorCodec* codec) const {
  if (options_.units.begin == 0) return decode_raw(op);
  const Shape& unit_input = model_.input_of(options_.units.begin);
  std::vector<std::int64_t> shape(unit_input.begin(), unit_input.end());
  shape.insert(shape.begin(), op.samples);
  return value_or_fail(decode(op, shape, codec, options_.stage - 1, Direction::kActivation), op.key,
                       "the activations from the stage before cannot be decoded");
}

Result<torch::Tensor> StageIo::decode(const Op& op, const std::vector<std::int64_t>& shape,
                                      TensorCodec* codec, int sender, Direction direction) const {
  return decode_tensor(op.input, shape, codec,
                       tensor_id(sender, direction, op.key, cut_term(sender, direction)));
}

std::uint32_t StageIo::cut_term(int sender, Direction direction) const {
  const bool forward = direction == Direction::kActivation;
  const bool is_own = sender == options_.stage;
  return forward == is_own ? options_.output_term : options_.input_term;
}

torch::Tensor StageIo::decode_raw(const Op& op) const {
  const InputFormat& raw = options_.input;
  const std::int64_t expected = op.samples * value_count({raw.channels, raw.height, raw.width});
  const Span<const std::uint8_t> bytes = op.input.bytes();
  if (bytes.size() != static_cast<std::size_t>(expected)) {
    fail(op.key, "input of " + std::to_string(bytes.size()) + " bytes where " +
                     std::to_string(expected) + " belong");
  }
  return to_model_input(bytes, op.samples, raw, model_.input);
}

torch::Tensor StageIo::decode_output_gradient(const Op& op, const torch::Tensor& output) const {
  return value_or_fail(decode(op, output.sizes().vec(), codecs(op.input_codec).output_gradient,
                              options_.stage + 1, Direction::kGradient),
                       op.key, "the gradient from the stage behind cannot be decoded");
}

Payload StageIo::encode_activation(const torch::Tensor& output, const Op& op) const {
  return encode(output, codecs(op.output_codec).output_activation, Direction::kActivation, op.key);
}

Payload StageIo::encode_gradient(const torch::Tensor& gradient, const Op& op) const {
  return encode(gradient, codecs(op.output_codec).input_gradient, Direction::kGradient, op.key);
}

StageCodecs StageIo::codecs(int number) const {
  if (options_.codecs.empty()) return {};
  return options_.codecs.at(static_cast<std::size_t>(number));
}

Payload StageIo::encode(const torch::Tensor& values, TensorCodec* codec, Direction direction,
                        const BatchKey& key) const {
  const std::uint32_t term = cut_term(options_.stage, direction);
  Result<Payload> encoded =
      encode_tensor(values, codec, tensor_id(options_.stage, direction, key, term));
  if (encoded) return std::move(encoded).value();
  const char* what = direction == Direction::kActivation ? "activations" : "gradients";
  const bool finite = torch::isfinite(values.detach()).all().item<bool>();
  fail(key, std::string("the ") + what + " cannot be encoded: " + encoded.error().message +
                (finite ? ""
                        : "; they are not finite, so training has diverged: lower the learning "
                          "rate or give the codecs more bits"));
}

StageIo::Scored StageIo::score(const Op& op, const torch::Tensor& logits) const {
  const torch::Tensor labels =
      value_or_fail(decode_labels(op.labels, op.samples, model_.options.classes), op.key,
                    "the labels do not fit");
  const torch::Tensor mean_loss = torch::nn::functional::cross_entropy(logits, labels);
  const double mean = mean_loss.item<double>();
  if (!std::isfinite(mean)) {
    fail(op.key, "the loss is " + std::to_string(mean) +
                     ", so training has diverged: lower the learning rate or give the codecs "
                     "more bits");
  }
  const auto correct = logits.detach().argmax(1).eq(labels).sum().item<std::int64_t>();
  return {mean_loss, {mean * op.samples, correct, op.samples}};
}

void StageIo::fail(const BatchKey& key, const std::string& what) const {
  std::ostringstream message;
  message << "stage " << options_.stage << ", " << key << ": " << what;
  throw std::runtime_error(message.str());
}

}  // namespace acceptlab::torch_stage
