#include "runtime/data/file_bytes.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "runtime/base/check.h"
#include "runtime/base/result.h"

namespace acceptlab::data {

namespace {

constexpr std::size_t kChunk = std::size_t{1} << 18;
constexpr int kGzipOnly = 15 + 16;  // window bits, and zlib's flag for "gzip wrapper required"

// Decompresses a gzip stream, chunk by chunk. Owns zlib's state.
class Inflater {
 public:
  explicit Inflater(const std::string& path) : path_(path) {
    ACCEPTLAB_CHECK(inflateInit2(&stream_, kGzipOnly) == Z_OK);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream_); }

  // Appends what `in` decompresses to, until `out` holds `limit` bytes.
  void append(std::vector<std::uint8_t>& in, std::vector<std::uint8_t>& out, std::size_t limit) {
    stream_.next_in = in.data();
    stream_.avail_in = static_cast<uInt>(in.size());
    while (stream_.avail_in > 0 && out.size() < limit) {
      if (ended_) throw ConfigError(path_ + ": trailing bytes after the gzip stream");
      step(out, limit);
    }
  }
  bool ended() const { return ended_; }

 private:
  void step(std::vector<std::uint8_t>& out, std::size_t limit) {
    const std::size_t before = out.size();
    const std::size_t room = std::min(kChunk, limit - before);
    out.resize(before + room);
    stream_.next_out = out.data() + before;
    stream_.avail_out = static_cast<uInt>(room);
    const int status = inflate(&stream_, Z_NO_FLUSH);
    out.resize(before + room - stream_.avail_out);
    if (status != Z_OK && status != Z_STREAM_END) {
      throw ConfigError(path_ + ": damaged gzip stream (" +
                        (stream_.msg != nullptr ? stream_.msg : zError(status)) + ")");
    }
    ended_ = status == Z_STREAM_END;
  }

  const std::string path_;
  z_stream stream_{};
  bool ended_ = false;
};

// Reads the next chunk; empty at the end of the file.
std::vector<std::uint8_t> read_chunk(std::ifstream& file, const std::string& path) {
  std::vector<std::uint8_t> chunk(kChunk);
  file.read(reinterpret_cast<char*>(chunk.data()), static_cast<std::streamsize>(chunk.size()));
  if (file.bad()) throw ConfigError(path + ": cannot be read: " + std::strerror(errno));
  chunk.resize(static_cast<std::size_t>(file.gcount()));
  return chunk;
}

bool is_gzip(const std::vector<std::uint8_t>& start) {
  return start.size() >= 2 && start[0] == 0x1f && start[1] == 0x8b;
}

std::vector<std::uint8_t> read_gzip(std::ifstream& file, const std::string& path,
                                    std::vector<std::uint8_t> chunk, std::size_t limit) {
  std::vector<std::uint8_t> content;
  Inflater inflater(path);
  while (!chunk.empty() && content.size() < limit) {
    inflater.append(chunk, content, limit);
    chunk = read_chunk(file, path);
  }
  if (content.size() < limit && !inflater.ended()) {
    throw ConfigError(path + ": the gzip stream is truncated after " +
                      std::to_string(content.size()) + " bytes of content");
  }
  return content;
}

}  // namespace

std::vector<std::uint8_t> read_file(const std::string& path, std::size_t limit) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw ConfigError(path + ": cannot be opened: " + std::strerror(errno));
  std::vector<std::uint8_t> chunk = read_chunk(file, path);
  if (is_gzip(chunk)) return read_gzip(file, path, std::move(chunk), limit);
  std::vector<std::uint8_t> content;
  while (!chunk.empty() && content.size() < limit) {
    const std::size_t taken = std::min(chunk.size(), limit - content.size());
    content.insert(content.end(), chunk.begin(),
                   chunk.begin() + static_cast<std::ptrdiff_t>(taken));
    chunk = read_chunk(file, path);
  }
  return content;
}

}  // namespace acceptlab::data
