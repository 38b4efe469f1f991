#include "bench/torch/cut_quality.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "app/message_size.h"
#include "app/tensor_difference.h"
#include "compression/codec_spec.h"
#include "compression/decoder.h"
#include "compression/encoder.h"

namespace acceptlab::codec_quality {

namespace {

using torch_stage::Direction;

constexpr int kBits[] = {1, 2, 3, 4, 6, 8};

// Every codec of the comparison: families at all kBits, then what is worth a look at a few.
std::vector<std::string> codecs_for(bool in_0_to_6) {
  std::vector<std::pair<std::string, std::string>> families = {
      {"uniform", ""},          {"uniform", "-clip"}, {"suq", ""},
      {"suq", "-clip"},         {"mbq", ""},          {"mbq", "-greedy"},
      {"mbq", "-alternating3"}, {"mbq", "-no-offset"}};
  if (in_0_to_6) families.insert(families.end(), {{"uniform", "-relu6"}, {"suq", "-relu6"}});
  std::vector<std::string> names = {"none-zeros", "none-zstd", "fp16", "fp16-zeros", "fp16-zstd"};
  for (const auto& [scheme, variant] : families) {
    for (const int bits : kBits) names.push_back(scheme + std::to_string(bits) + variant);
  }
  for (const char* name : {"suq4", "suq8", "mbq4", "mbq8"}) {
    for (const char* option : {"-zeros", "-zstd"}) names.push_back(std::string(name) + option);
  }
  return names;
}

[[noreturn]] void fail(const std::string& codec, const CutTensor& tensor, const std::string& why) {
  throw std::runtime_error("codec " + codec + ", " + to_string(tensor.direction) + " after unit " +
                           std::to_string(tensor.cut_after_unit) + " (" + tensor.unit_name +
                           "): " + why);
}

Quality measure(const std::string& codec, const CutTensor& tensor, const CodecSettings& settings) {
  const auto spec = compression::parse_codec(codec, settings.group_values);
  if (!spec) fail(codec, tensor, spec.error().message);
  const auto message = compression::Encoder(spec.value(), settings.seed)
                           .encode(tensor.values, tensor.shape, tensor.id);
  if (!message) fail(codec, tensor, message.error().message);
  std::vector<float> decoded(tensor.values.size());
  const auto info = compression::Decoder().decode(message.value(), decoded);
  if (!info) fail(codec, tensor, info.error().message);
  const app::TensorDifference error = app::compare_tensors(tensor.values, decoded);
  if (error.not_finite_values > 0) fail(codec, tensor, "values that are not finite");
  const std::size_t bytes = message.value().size();
  return {codec, app::bits_per_value(bytes, decoded.size()),
          app::size_ratio(bytes, decoded.size(), compression::DType::kFloat32), error.snr_db,
          error.relative_l2_error};
}

}  // namespace

CutQuality measure_quality(CutTensor tensor, const CodecSettings& settings) {
  CutQuality result;
  const std::vector<float>& values = tensor.values;
  result.values = values.size();
  result.zero_share = static_cast<double>(std::count(values.begin(), values.end(), 0.0F)) /
                      static_cast<double>(values.size());
  const auto [lowest, highest] = std::minmax_element(values.begin(), values.end());
  result.lowest = *lowest;
  result.highest = *highest;
  for (const std::string& codec : codecs_for(*lowest >= 0.0F && *highest <= 6.0F)) {
    result.codecs.push_back(measure(codec, tensor, settings));
  }
  tensor.values.clear();
  result.tensor = std::move(tensor);
  return result;
}

}  // namespace acceptlab::codec_quality
