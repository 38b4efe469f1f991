#include "runtime/data/npy.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "runtime/base/check.h"
#include "runtime/base/result.h"
#include "runtime/data/npy_header.h"
#include "runtime/data/quoted.h"

namespace acceptlab::data {

namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "values are read as they lie in the file");

constexpr char kMagic[] = "\x93NUMPY";
constexpr std::size_t kMagicSize = sizeof kMagic - 1;
constexpr std::size_t kPreambleSize = kMagicSize + 4;  // magic, version, length of format 1.0
constexpr std::size_t kMaxHeaderSize = 65535;          // all that format 1.0 can say
constexpr std::size_t kAlignment = 64;                 // of the values, as NumPy's format asks
constexpr const char* kFloat32 = "<f4";
constexpr const char* kFloat16 = "<f2";

// A file that is read from front to back and whose size is known.
class InputFile {
 public:
  explicit InputFile(const std::string& path) : path_(path) {
    std::error_code failure;
    const std::filesystem::file_status status = std::filesystem::status(path, failure);
    if (exists(status) && !is_regular_file(status)) fail("is not a regular file");
    file_.open(path, std::ios::binary);
    if (!file_) fail(std::string("cannot be opened: ") + std::strerror(errno));
    size_ = std::filesystem::file_size(path);
  }

  void read(void* target, std::uint64_t count, const std::string& what) {
    if (count > size_ - position_) {
      fail("truncated: " + std::to_string(size_) + " bytes, " + what + " to byte " +
           std::to_string(position_ + count));
    }
    file_.read(static_cast<char*>(target), static_cast<std::streamsize>(count));
    if (!file_) fail("cannot be read");
    position_ += count;
  }
  std::uint64_t size() const { return size_; }
  std::uint64_t position() const { return position_; }
  const std::string& path() const { return path_; }
  [[noreturn]] void fail(const std::string& rule) const { throw ConfigError(path_ + ": " + rule); }

 private:
  const std::string path_;
  std::ifstream file_;
  std::uint64_t size_ = 0;
  std::uint64_t position_ = 0;
};

// The size of the header, from what stands in front of it.
std::uint32_t read_preamble(InputFile& file) {
  if (file.size() == 0) file.fail("is empty, not an .npy file");
  std::array<unsigned char, kPreambleSize + 2> bytes{};
  file.read(bytes.data(), std::min<std::uint64_t>(kMagicSize, file.size()), "");
  if (std::memcmp(bytes.data(), kMagic, kMagicSize) != 0) {
    file.fail("is not an .npy file: it does not begin with \\x93NUMPY");
  }
  file.read(bytes.data() + kMagicSize, 4, "the .npy preamble goes");
  const int major = bytes[kMagicSize];
  const int minor = bytes[kMagicSize + 1];
  if (major < 1 || major > 3 || minor != 0) {
    file.fail(".npy format version " + std::to_string(major) + "." + std::to_string(minor) +
              " is unknown; allowed: 1.0, 2.0, 3.0");
  }
  const unsigned char* length = bytes.data() + kMagicSize + 2;
  if (major > 1) file.read(bytes.data() + kPreambleSize, 2, "the .npy preamble goes");
  return std::uint32_t{length[0]} | std::uint32_t{length[1]} << 8 | std::uint32_t{length[2]} << 16 |
         std::uint32_t{length[3]} << 24;
}

std::string read_header(InputFile& file) {
  const std::uint32_t size = read_preamble(file);
  if (size > kMaxHeaderSize) {
    file.fail("the .npy header has " + std::to_string(size) + " bytes; at most " +
              std::to_string(kMaxHeaderSize) + " are allowed");
  }
  std::string text(size, '\0');
  file.read(text.data(), size, "the .npy header goes");
  return text;
}

constexpr std::array<std::pair<char, const char*>, 5> kKinds{
    {{'f', "float"}, {'i', "int"}, {'u', "uint"}, {'c', "complex"}, {'b', "bool"}}};

// "<f8" is " (float64)"; nothing for what has no such name.
std::string dtype_name(const std::string& descr) {
  if (descr.size() < 3 || descr.size() > 4) return "";
  if (descr.find_first_not_of("0123456789", 2) != std::string::npos) return "";
  for (const auto& [kind, name] : kKinds) {
    if (descr[1] != kind) continue;
    const std::string bits = kind == 'b' ? "" : std::to_string(8 * std::stoi(descr.substr(2)));
    return " (" + (descr[0] == '>' ? "big-endian " : std::string()) + name + bits + ")";
  }
  return "";
}

void check_layout(const NpyHeader& header, const InputFile& file) {
  if (header.descr != kFloat32 && header.descr != kFloat16) {
    file.fail("dtype " + quoted(header.descr) + dtype_name(header.descr) +
              " is not supported; allowed: '<f4' (float32) and '<f2' (float16), so save "
              "array.astype('<f4')");
  }
  if (header.fortran_order) {
    file.fail(
        "fortran_order is True; only C order is supported, so save "
        "numpy.ascontiguousarray(array)");
  }
}

std::string joined(const std::vector<std::uint64_t>& shape) {
  std::string text;
  for (const std::uint64_t d : shape) text += (text.empty() ? "" : ", ") + std::to_string(d);
  return "(" + text + ")";
}

// The product, refused above `most` before it can overflow.
std::uint64_t value_count(const std::vector<std::uint64_t>& shape, std::uint64_t most,
                          const InputFile& file) {
  for (const std::uint64_t d : shape) {
    if (d == 0) return 0;
  }
  std::uint64_t count = 1;
  for (const std::uint64_t d : shape) {
    if (d > most / count) {
      file.fail("shape " + joined(shape) + " has more than " + std::to_string(most) +
                " values, the most that are allowed");
    }
    count *= d;
  }
  return count;
}

template <typename Value>
std::vector<Value> read_values(InputFile& file, std::uint64_t count, const NpyHeader& header) {
  const std::uint64_t size = count * sizeof(Value);
  const std::uint64_t rest = file.size() - file.position();
  if (rest != size) {
    file.fail(std::string(rest < size ? "truncated: " : "trailing bytes: ") + std::to_string(rest) +
              " bytes of values, shape " + joined(header.shape) + " of " + header.descr +
              " needs " + std::to_string(size));
  }
  std::vector<Value> values(count);
  file.read(values.data(), size, "the values go");
  return values;
}

template <typename Value>
std::string content(const std::string& front, const std::vector<Value>& values) {
  std::string bytes;
  bytes.reserve(front.size() + values.size() * sizeof(Value));
  bytes = front;
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value));
  return bytes;
}

}  // namespace

NpyArray load_npy(const std::string& path, std::uint64_t max_values) {
  ACCEPTLAB_CHECK(max_values <= std::uint64_t{1} << 60);  // their bytes fit 64 bits
  InputFile file(path);
  const NpyHeader header = parse_npy_header(read_header(file), path);
  check_layout(header, file);
  const std::uint64_t count = value_count(header.shape, max_values, file);
  if (header.descr == kFloat16) {
    return {header.shape, read_values<std::uint16_t>(file, count, header)};
  }
  return {header.shape, read_values<float>(file, count, header)};
}

std::string to_npy(const NpyArray& array) {
  const bool half = std::holds_alternative<std::vector<std::uint16_t>>(array.values);
  std::string text = format_npy_header({half ? kFloat16 : kFloat32, false, array.shape});
  const std::size_t used = kPreambleSize + text.size() + 1;
  text += std::string((kAlignment - used % kAlignment) % kAlignment, ' ') + '\n';
  ACCEPTLAB_CHECK(text.size() <= kMaxHeaderSize);
  std::string front = std::string(kMagic) + '\x01' + '\0';
  front += static_cast<char>(text.size() & 0xff);
  front += static_cast<char>(text.size() >> 8);
  front += text;
  return std::visit([&](const auto& values) { return content(front, values); }, array.values);
}

}  // namespace acceptlab::data
