#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace acceptlab::data {

// The first `limit` bytes of a file's content, fewer where it ends before. A gzip file, known by
// its content and not by its name, is decompressed; never more than `limit` bytes are produced, so
// a small file cannot fill the memory. Where the end is reached, gzip's own checksum has been
// checked and nothing follows the compressed stream. Throws ConfigError, naming the file, where it
// cannot be read or its compression is damaged.
std::vector<std::uint8_t> read_file(const std::string& path, std::size_t limit);

}  // namespace acceptlab::data
