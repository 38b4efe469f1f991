#include <algorithm>
#include <cmath>
#include <cstdio>

#include "app/codec_choice.h"
#include "app/commands.h"
#include "app/message_size.h"
#include "app/tensor_file.h"
#include "compression/encoder.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

using compression::CodecSpec;
using compression::Encoder;
using compression::NonFinite;

NonFinite policy_of(const std::string& name) {
  if (name == "error") return NonFinite::kError;
  if (name == "replace") return NonFinite::kReplace;
  throw ConfigError("--non-finite: '" + name + "' is unknown; allowed: error, replace");
}

// Says how many values NonFinite::kReplace has changed.
void print_replaced(const FileTensor& tensor, const CodecSpec& spec) {
  const bool quantizing = is_quantizing(spec.scheme);
  const auto is_replaced = [&](float value) {
    return !std::isfinite(value) || (quantizing && std::fabs(value) > compression::kMaxMagnitude);
  };
  const auto count = std::count_if(tensor.values.begin(), tensor.values.end(), is_replaced);
  std::printf("replaced: %td values that cannot be encoded\n", count);
}

void print_size(const std::string& out, const FileTensor& tensor, const CodecSpec& spec,
                std::size_t message_bytes) {
  const std::size_t values = tensor.values.size();
  std::printf("%s: %s, %zu values %s, %zu bytes, %.4f bits/value, ratio %.3f to %s\n", out.c_str(),
              spec.name().c_str(), values, tensor.shape.to_string().c_str(), message_bytes,
              bits_per_value(message_bytes, values),
              size_ratio(message_bytes, values, tensor.dtype), dtype_name(tensor.dtype));
}

}  // namespace

int codec_encode_command(const CodecEncodeArguments& arguments) {
  const NonFinite policy = policy_of(arguments.non_finite);
  const CodecSpec spec = choose_codec(arguments.choice);
  check_apart(arguments.in, arguments.out);
  const FileTensor tensor = load_tensor(arguments.in);
  Encoder encoder(spec, arguments.choice.seed.value_or(0));
  encoder.set_non_finite(policy);
  const auto message = encoder.encode(tensor.values, tensor.shape, {}, tensor.dtype);
  if (!message) {
    const bool replaceable = message.error().kind == ErrorKind::kUnsupported;
    throw ConfigError(arguments.in + ": " + message.error().message +
                      (replaceable ? " (--non-finite replace encodes it)" : ""));
  }
  save_message(arguments.out, message.value());
  print_size(arguments.out, tensor, spec, message.value().size());
  if (policy == NonFinite::kReplace) print_replaced(tensor, spec);
  return 0;
}

}  // namespace acceptlab::app
