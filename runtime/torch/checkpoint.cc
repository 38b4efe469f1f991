#include "runtime/torch/checkpoint.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "runtime/base/result.h"
#include "runtime/base/span.h"
#include "runtime/torch/checkpoint_body.h"

namespace acceptlab::torch_stage {
namespace {

// In front of the body; see README.md for the format.
struct FileHead {
  std::uint64_t magic;
  std::uint32_t format;
  std::uint32_t body_crc;
  std::uint64_t body_size;
};
static_assert(sizeof(FileHead) == 24 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
constexpr std::uint64_t kMagic = 0x54504b43'42414c41;  // "ALABCKPT"
constexpr std::uint32_t kFormat = 3;

std::uint32_t checksum(Span<const std::uint8_t> bytes) {
  return static_cast<std::uint32_t>(crc32_z(crc32_z(0, nullptr, 0), bytes.data(), bytes.size()));
}

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& why) {
  throw ConfigError(path.string() + ": " + why);
}

// A file being written; closes it when it goes out of scope.
class OutputFile {
 public:
  explicit OutputFile(const std::filesystem::path& path)
      : path_(path), fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
    if (fd_ < 0) fail();
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile() { ::close(fd_); }

  void write(const void* data, std::size_t size) {
    const char* next = static_cast<const char*>(data);
    while (size > 0) {
      const ssize_t written = ::write(fd_, next, size);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail();
      next += written;
      size -= static_cast<std::size_t>(written);
    }
  }
  // Without it a power cut after the rename could leave an empty file under the final name.
  void sync() {
    if (::fsync(fd_) != 0) fail();
  }

 private:
  [[noreturn]] void fail() const {
    refuse(path_, std::string("cannot write: ") + std::strerror(errno));
  }

  std::filesystem::path path_;
  int fd_;
};

std::vector<std::uint8_t> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) refuse(path, "cannot be opened");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The body behind a head that it agrees with.
Span<const std::uint8_t> checked_body(const std::filesystem::path& path,
                                      const std::vector<std::uint8_t>& file) {
  FileHead head{};
  if (file.size() < sizeof head) refuse(path, "not a checkpoint: too short");
  std::memcpy(&head, file.data(), sizeof head);
  if (head.magic != kMagic) refuse(path, "not a checkpoint");
  if (head.format != kFormat) {
    refuse(path, "checkpoint format " + std::to_string(head.format) + "; this program reads " +
                     std::to_string(kFormat));
  }
  const auto body = Span<const std::uint8_t>(file).subspan(sizeof head, file.size() - sizeof head);
  if (body.size() != head.body_size) {
    refuse(path, "truncated or extended: " + std::to_string(body.size()) + " bytes where " +
                     std::to_string(head.body_size) + " belong");
  }
  if (checksum(body) != head.body_crc) refuse(path, "damaged: the checksum does not match");
  return body;
}

std::string text(const ModelOptions& model) {
  return model.name + " of width " + std::to_string(model.width) + " with " +
         std::to_string(model.classes) + " classes";
}

bool same_model(const ModelOptions& a, const ModelOptions& b) {
  return a.name == b.name && a.width == b.width && a.classes == b.classes;
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  const std::vector<std::uint8_t> body = encode_checkpoint(checkpoint);
  const FileHead head{kMagic, kFormat, checksum(body), body.size()};
  std::filesystem::path temporary = path;
  temporary += ".tmp";
  {
    OutputFile file(temporary);
    file.write(&head, sizeof head);
    file.write(body.data(), body.size());
    file.sync();
  }
  std::error_code error;
  std::filesystem::rename(temporary, path, error);
  if (error) refuse(path, "cannot be replaced: " + error.message());
}

Checkpoint load_checkpoint(const std::filesystem::path& path, const ModelOptions& expected) {
  const std::vector<std::uint8_t> file = read_file(path);
  Result<Checkpoint> checkpoint = decode_checkpoint(checked_body(path, file));
  if (!checkpoint) refuse(path, checkpoint.error().message);
  if (!same_model(checkpoint.value().header.model, expected)) {
    refuse(path, "holds " + text(checkpoint.value().header.model) + ", not " + text(expected));
  }
  return std::move(checkpoint).value();
}

}  // namespace acceptlab::torch_stage
