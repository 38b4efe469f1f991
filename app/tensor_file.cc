#include "app/tensor_file.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>
#include <variant>

#include "compression/half.h"
#include "results/text_file.h"
#include "runtime/base/result.h"
#include "runtime/data/file_bytes.h"
#include "runtime/data/npy.h"
#include "runtime/data/npy_header.h"

namespace acceptlab::app {

namespace {

using compression::DType;
using compression::Shape;

static_assert(data::kMaxNpyRank == compression::kMaxRank);

constexpr std::size_t kMaxMessageSize = 4 * kMaxFileValues + 1024;  // uncompressed, with its header

Shape shape_of(const std::string& path, const std::vector<std::uint64_t>& dimensions) {
  Shape shape;
  for (const std::uint64_t dimension : dimensions) {
    if (dimension > std::numeric_limits<std::uint32_t>::max()) {
      throw ConfigError(path + ": dimension " + std::to_string(dimension) + " is beyond 2^32 - 1");
    }
    shape.dims[static_cast<std::size_t>(shape.rank++)] = static_cast<std::uint32_t>(dimension);
  }
  return shape;
}

std::vector<float> widened(const std::vector<std::uint16_t>& halves) {
  std::vector<float> values(halves.size());
  std::transform(halves.begin(), halves.end(), values.begin(), compression::from_half);
  return values;
}

std::vector<std::uint16_t> narrowed(const std::vector<float>& values) {
  std::vector<std::uint16_t> halves(values.size());
  std::transform(values.begin(), values.end(), halves.begin(), compression::to_half);
  return halves;
}

void save(const std::string& path, const std::string& bytes) {
  const auto written = results::replace_text(path, bytes);
  if (!written) throw ConfigError(written.error().message);
}

}  // namespace

const char* dtype_name(DType dtype) { return dtype == DType::kFloat16 ? "float16" : "float32"; }

std::size_t dtype_bytes(DType dtype) { return dtype == DType::kFloat16 ? 2 : 4; }

FileTensor load_tensor(const std::string& path) {
  data::NpyArray array = data::load_npy(path, kMaxFileValues);
  FileTensor tensor;
  tensor.shape = shape_of(path, array.shape);
  if (auto* floats = std::get_if<std::vector<float>>(&array.values)) {
    tensor.values = std::move(*floats);
  } else {
    tensor.dtype = DType::kFloat16;
    tensor.values = widened(std::get<std::vector<std::uint16_t>>(array.values));
  }
  return tensor;
}

void save_tensor(const std::string& path, FileTensor tensor) {
  data::NpyArray array;
  const std::uint32_t* first = tensor.shape.dims.data();
  array.shape.assign(first, first + tensor.shape.rank);
  if (tensor.dtype == DType::kFloat16) {
    array.values = narrowed(tensor.values);
  } else {
    array.values = std::move(tensor.values);
  }
  save(path, data::to_npy(array));
}

std::vector<std::uint8_t> load_message(const std::string& path) {
  std::error_code failure;
  const std::uintmax_t size = std::filesystem::file_size(path, failure);
  if (!failure && size > kMaxMessageSize) {
    throw ConfigError(path + ": has " + std::to_string(size) +
                      " bytes, an encoded tensor at most " + std::to_string(kMaxMessageSize));
  }
  std::vector<std::uint8_t> message = data::read_file(path, kMaxMessageSize);
  if (message.empty()) throw ConfigError(path + ": is empty, not an encoded tensor");
  return message;
}

void save_message(const std::string& path, const std::vector<std::uint8_t>& message) {
  save(path, std::string(message.begin(), message.end()));
}

void check_apart(const std::string& in, const std::string& out) {
  std::error_code ignored;  // a missing file is another's business
  if (std::filesystem::equivalent(in, out, ignored)) {
    throw ConfigError(out + ": is the same file as " + in);
  }
}

}  // namespace acceptlab::app
