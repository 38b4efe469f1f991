#include "app/temporary_file.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace acceptlab::app {

TemporaryFile temporary_file(const std::string& text) {
  TemporaryFile file(std::tmpfile(), &std::fclose);
  if (!file || std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() ||
      std::fflush(file.get()) != 0) {
    throw std::runtime_error(std::string("temporary file: ") + std::strerror(errno));
  }
  std::rewind(file.get());
  return file;
}

std::string content_of(std::FILE* file) {
  std::rewind(file);
  std::string text;
  char part[4096];
  for (std::size_t n = 0; (n = std::fread(part, 1, sizeof part, file)) > 0;) text.append(part, n);
  return text;
}

}  // namespace acceptlab::app
