#include "app/codec_table.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/message_size.h"
#include "app/tensor_difference.h"
#include "compression/codec_spec.h"
#include "compression/decoder.h"
#include "compression/encoder.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr int kLeastRounds = 3;
constexpr int kMostRounds = 2001;
constexpr Seconds kEnough{0.1};

template <typename T>
T value_or_throw(const std::string& codec, Result<T> result) {
  if (!result) throw ConfigError("codec " + codec + ": " + result.error().message);
  return std::move(result).value();
}

// The median time of `work`, in seconds.
template <typename Work>
double median_seconds(const Work& work) {
  work();  // allocates, and warms the caches
  std::vector<double> seconds;
  const Clock::time_point start = Clock::now();
  for (int round = 0; round < kMostRounds; ++round) {
    const Clock::time_point before = Clock::now();
    if (round >= kLeastRounds && before - start > kEnough) break;
    work();
    seconds.push_back(Seconds(Clock::now() - before).count());
  }
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::nth_element(seconds.begin(), middle, seconds.end());
  return *middle;
}

}  // namespace

std::vector<std::string> table_codecs(bool variants) {
  const struct {
    const char* scheme;
    int most_bits;  // 0: has no number of bits
    std::vector<std::string> options;
  } rows[] = {
      {"none", 0, {"-zeros", "-zstd"}},
      {"fp16", 0, {"-zeros", "-zstd"}},
      {"uniform", compression::kMaxBits, {"-clip", "-relu6", "-zeros", "-zstd"}},
      {"suq", compression::kMaxBits, {"-clip", "-relu6", "-zeros", "-zstd"}},
      {"mbq", compression::kMaxBits, {"-greedy", "-alternating3", "-no-offset", "-zeros", "-zstd"}},
  };
  std::vector<std::string> names;
  for (const auto& row : rows) {
    for (int bits = std::min(1, row.most_bits); bits <= row.most_bits; ++bits) {
      names.push_back(row.scheme + (bits == 0 ? "" : std::to_string(bits)));
      if (!variants) continue;
      const std::string plain = names.back();
      for (const std::string& option : row.options) names.push_back(plain + option);
    }
  }
  return names;
}

CodecFigures measure_codec(const std::string& codec, const FileTensor& tensor) {
  const std::size_t count = tensor.values.size();
  compression::Encoder encoder(value_or_throw(codec, compression::parse_codec(codec)));
  compression::Decoder decoder({kMaxFileValues});
  std::vector<std::uint8_t> message(encoder.bound(count, tensor.shape.rank));
  std::vector<float> decoded(count);
  CodecFigures figures;
  figures.codec = codec;
  const double encode_s = median_seconds([&] {
    figures.message_bytes = value_or_throw(
        codec, encoder.encode(tensor.values, tensor.shape, {}, message, tensor.dtype));
  });
  message.resize(figures.message_bytes);
  const double decode_s =
      median_seconds([&] { value_or_throw(codec, decoder.decode(message, decoded)); });
  const double gigabytes = 4e-9 * static_cast<double>(count);
  figures.encode_gb_s = gigabytes / encode_s;
  figures.decode_gb_s = gigabytes / decode_s;
  figures.bits_per_value = bits_per_value(figures.message_bytes, count);
  figures.ratio = size_ratio(figures.message_bytes, count, tensor.dtype);
  figures.snr_db = compare_tensors(tensor.values, decoded).snr_db;
  return figures;
}

}  // namespace acceptlab::app
