#include "app/point_files.h"

#include <cctype>
#include <cstdio>
#include <fstream>
#include <string_view>

namespace acceptlab::app {

namespace {

// Letters, digits and a few signs stay, the rest becomes '_'.
std::string file_name_of(const std::string& text) {
  std::string name;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                       std::string_view("+-.=").find(c) != std::string_view::npos;
    name += plain ? c : '_';
  }
  return name;
}

}  // namespace

std::string point_name(const scenarios::SweepPoint& point) {
  char number[16];
  std::snprintf(number, sizeof number, "%04zu", point.index + 1);
  std::string name = number;
  for (const auto& [key, value] : point.values) {
    const auto dot = key.rfind('.');
    name += "_" + file_name_of(key.substr(dot == std::string::npos ? 0 : dot + 1) + "=" + value);
  }
  constexpr std::size_t kLongest = 120;
  return name.substr(0, kLongest);
}

std::string last_line_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string last = "ended without a message";
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

}  // namespace acceptlab::app
