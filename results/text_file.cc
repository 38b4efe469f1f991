#include "results/text_file.h"

#include <fstream>
#include <iterator>
#include <system_error>

namespace acceptlab::results {

Result<std::string> read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::error_code ignored;
  if (!in || std::filesystem::is_directory(path, ignored)) {
    return Error{ErrorKind::kConfig, path.string() + ": cannot be read"};
  }
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

Result<std::filesystem::path> replace_text(const std::filesystem::path& path,
                                           const std::string& text) {
  std::error_code ignored;
  const bool exists = std::filesystem::exists(path, ignored);
  if (exists && !std::filesystem::is_regular_file(path, ignored)) {
    return Error{ErrorKind::kConfig, path.string() + ": is not a regular file to replace"};
  }
  const std::filesystem::path target = exists ? std::filesystem::canonical(path, ignored) : path;
  std::filesystem::path temporary = target;
  temporary += ".tmp";
  std::ofstream out(temporary, std::ios::binary);
  out << text;
  out.close();
  if (!out) {
    std::filesystem::remove(temporary, ignored);
    return Error{ErrorKind::kConfig, temporary.string() + ": cannot be written"};
  }
  std::error_code failure;
  std::filesystem::rename(temporary, target, failure);
  if (failure) {
    std::filesystem::remove(temporary, ignored);
    return Error{ErrorKind::kConfig, path.string() + ": " + failure.message()};
  }
  return path;
}

}  // namespace acceptlab::results
