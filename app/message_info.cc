#include "app/message_info.h"

#include "app/message_size.h"
#include "app/shape_json.h"
#include "app/tensor_file.h"
#include "results/csv.h"
#include "results/json_object.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

using compression::Range;
using compression::Scheme;
using compression::TensorInfo;
using results::format_fixed;

std::string row(const std::string& label, const std::string& value) {
  return "  " + label + std::string(label.size() < 14 ? 14 - label.size() : 1, ' ') + value + '\n';
}
std::string row(const std::string& label, std::size_t bytes) {
  return row(label, std::to_string(bytes) + " bytes");
}

// Of uniform and suq: the ends of a known range lie in the body.
const char* range_name(Range range) {
  return range == Range::kKnown ? "one for all groups" : "one for each group";
}

std::string describe_codec(const TensorInfo& info) {
  const Scheme scheme = info.spec.scheme;
  std::string text = row("scheme", compression::to_string(scheme));
  text += row("bits", std::to_string(info.spec.bits));
  if (!is_quantizing(scheme)) return text;
  text += row("group", std::to_string(info.spec.group) + " values");
  if (scheme == Scheme::kMbq) return text + row("offset", info.spec.offset ? "yes" : "no");
  return text + row("range", range_name(info.spec.range));
}

}  // namespace

TensorInfo inspect_message(const std::string& path, const std::vector<std::uint8_t>& message) {
  Result<TensorInfo> info = compression::inspect(message, {kMaxFileValues});
  if (!info) throw ConfigError(path + ": " + info.error().message);
  return std::move(info).value();
}

std::string describe_message(const std::string& path, const TensorInfo& info) {
  std::string text = path + '\n' + describe_codec(info);
  text += row("tensor", info.shape.to_string() + " of " + dtype_name(info.dtype));
  text += row("values", std::to_string(info.values));
  if (info.has_zero_mask) text += row("not zero", std::to_string(info.coded_values));
  text += row("zstd", info.is_deflated ? "yes; the parts below are sizes before it" : "no");
  text += row("header", info.header_bytes);
  text += row("zero mask", info.mask_bytes) + row("scales", info.scale_bytes);
  text += row("codes", info.code_bytes) + row("message", info.message_bytes);
  text += row("bits/value", format_fixed(bits_per_value(info.message_bytes, info.values), 4));
  const double ratio = size_ratio(info.message_bytes, info.values, info.dtype);
  return text + row("ratio", format_fixed(ratio, 3) + " to " + dtype_name(info.dtype));
}

std::string message_to_json(const std::string& path, const TensorInfo& info) {
  const Scheme scheme = info.spec.scheme;
  nlohmann::ordered_json json;
  json["file"] = path;
  json["scheme"] = compression::to_string(scheme);
  json["bits"] = info.spec.bits;
  if (is_quantizing(scheme)) json["group_values"] = info.spec.group;
  if (scheme == Scheme::kMbq) json["offset"] = info.spec.offset;
  if (scheme == Scheme::kUniform || scheme == Scheme::kSuq) {
    json["one_range"] = info.spec.range == Range::kKnown;
  }
  json["dtype"] = dtype_name(info.dtype);
  json["shape"] = shape_to_json(info.shape);
  json["values"] = info.values;
  json["coded_values"] = info.coded_values;
  json["zero_mask"] = info.has_zero_mask;
  json["zstd"] = info.is_deflated;
  json["header_bytes"] = info.header_bytes;
  json["mask_bytes"] = info.mask_bytes;
  json["scale_bytes"] = info.scale_bytes;
  json["code_bytes"] = info.code_bytes;
  json["message_bytes"] = info.message_bytes;
  json["bits_per_value"] = bits_per_value(info.message_bytes, info.values);
  json["ratio"] = size_ratio(info.message_bytes, info.values, info.dtype);
  return results::dump_json(json);
}

}  // namespace acceptlab::app
