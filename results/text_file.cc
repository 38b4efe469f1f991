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
  std::filesystem::path temporary = path;
  temporary += ".tmp";
  std::ofstream out(temporary, std::ios::binary);
  out << text;
  out.close();
  if (!out) return Error{ErrorKind::kConfig, temporary.string() + ": cannot be written"};
  std::error_code failure;
  std::filesystem::rename(temporary, path, failure);
  if (failure) return Error{ErrorKind::kConfig, path.string() + ": " + failure.message()};
  return path;
}

}  // namespace acceptlab::results
