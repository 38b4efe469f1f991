#include "runtime/data/idx.h"

#include <cstdio>
#include <utility>

#include "runtime/base/result.h"
#include "runtime/data/file_bytes.h"

namespace acceptlab::data {

namespace {

constexpr std::uint64_t kLargestContent = (std::uint64_t{1} << 31) - 1;  // fits an int

struct IdxArray {
  std::vector<std::uint32_t> dimensions;
  std::vector<std::uint8_t> values;
};

std::uint32_t big_endian(const std::vector<std::uint8_t>& bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
         std::uint32_t{bytes[at + 2]} << 8 | std::uint32_t{bytes[at + 3]};
}

std::string hexadecimal(std::uint32_t value) {
  char text[11];
  std::snprintf(text, sizeof text, "0x%08x", value);
  return text;
}

// Returns the header's dimensions; at least `min_rank`, at most `max_rank` of them.
std::vector<std::uint32_t> read_dimensions(const std::string& path, std::uint32_t min_rank,
                                           std::uint32_t max_rank) {
  const std::vector<std::uint8_t> header = read_file(path, 4 + 4 * std::size_t{max_rank});
  if (header.size() < 4) {
    throw ConfigError(path + ": " + std::to_string(header.size()) +
                      " bytes, shorter than an IDX magic number (4)");
  }
  const std::uint32_t magic = big_endian(header, 0);
  const std::uint32_t rank = magic & 0xff;
  if (magic >> 8 != 0x08 || rank < min_rank || rank > max_rank) {
    throw ConfigError(path + ": IDX magic number " + hexadecimal(magic) + ", expected " +
                      hexadecimal(0x800 + min_rank) +
                      (min_rank == max_rank ? "" : " or " + hexadecimal(0x800 + max_rank)));
  }
  if (header.size() < 4 + 4 * std::size_t{rank}) {
    throw ConfigError(path + ": " + std::to_string(header.size()) +
                      " bytes, truncated within the IDX header (" + std::to_string(4 + 4 * rank) +
                      ")");
  }
  std::vector<std::uint32_t> dimensions;
  for (std::uint32_t d = 0; d < rank; ++d) dimensions.push_back(big_endian(header, 4 + 4 * d));
  return dimensions;
}

std::string joined(const std::vector<std::uint32_t>& dimensions) {
  std::string text;
  for (const std::uint32_t d : dimensions) text += (text.empty() ? "" : " x ") + std::to_string(d);
  return text;
}

// The product, refused above kLargestContent before it can overflow.
std::size_t value_count(const std::string& path, const std::vector<std::uint32_t>& dimensions) {
  std::uint64_t count = 1;
  for (const std::uint32_t d : dimensions) {
    if (d == 0) throw ConfigError(path + ": dimensions " + joined(dimensions) + " contain a 0");
    count *= d;  // at most 2^31 * 2^32
    if (count > kLargestContent) {
      throw ConfigError(path + ": dimensions " + joined(dimensions) + " need more than 2 GiB");
    }
  }
  return static_cast<std::size_t>(count);
}

IdxArray read_array(const std::string& path, std::uint32_t min_rank, std::uint32_t max_rank) {
  IdxArray array;
  array.dimensions = read_dimensions(path, min_rank, max_rank);
  const std::size_t header = 4 + 4 * array.dimensions.size();
  const std::size_t count = value_count(path, array.dimensions);
  // One byte more than expected tells a file that goes on from one that ends.
  array.values = read_file(path, header + count + 1);
  if (array.values.size() < header + count) {
    throw ConfigError(path + ": truncated: " + std::to_string(array.values.size()) +
                      " bytes, dimensions " + joined(array.dimensions) + " need " +
                      std::to_string(header + count));
  }
  if (array.values.size() > header + count) {
    throw ConfigError(path + ": trailing bytes after the " + std::to_string(header + count) +
                      " that dimensions " + joined(array.dimensions) + " need");
  }
  array.values.erase(array.values.begin(),
                     array.values.begin() + static_cast<std::ptrdiff_t>(header));
  return array;
}

}  // namespace

Dataset load_idx(const std::string& images_path, const std::string& labels_path, int classes) {
  IdxArray images = read_array(images_path, 3, 4);
  IdxArray labels = read_array(labels_path, 1, 1);
  if (images.dimensions[0] != labels.dimensions[0]) {
    throw ConfigError(labels_path + ": " + std::to_string(labels.dimensions[0]) + " labels, but " +
                      std::to_string(images.dimensions[0]) + " images in " + images_path);
  }
  const bool has_channels = images.dimensions.size() == 4;
  Dataset dataset;
  dataset.name = "idx";
  dataset.channels = has_channels ? static_cast<int>(images.dimensions[1]) : 1;
  dataset.height = static_cast<int>(images.dimensions[images.dimensions.size() - 2]);
  dataset.width = static_cast<int>(images.dimensions.back());
  dataset.classes = classes;
  dataset.images = std::move(images.values);
  dataset.labels = std::move(labels.values);
  check_dataset(dataset, labels_path);
  return dataset;
}

}  // namespace acceptlab::data
