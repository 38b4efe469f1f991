#include "scenarios/sections.h"

#include <algorithm>

namespace acceptlab::scenarios {

std::string section_of(const Key& key) {
  const std::size_t dot = key.path.rfind('.');
  return dot == std::string::npos ? "" : key.path.substr(0, dot);
}

std::string name_in_section(const Key& key) {
  const std::size_t dot = key.path.rfind('.');
  return dot == std::string::npos ? key.path : key.path.substr(dot + 1);
}

std::string Section::header() const {
  if (path.empty()) return "";
  if (path.find("[]") == std::string::npos) return "[" + path + "]";
  return "[[" + path.substr(0, path.size() - 2) + "]]";
}

std::vector<Section> sections() {
  std::vector<Section> found;
  for (const Key& key : schema()) {
    const std::string path = section_of(key);
    auto section = std::find_if(found.begin(), found.end(),
                                [&](const Section& known) { return known.path == path; });
    if (section == found.end()) section = found.insert(found.end(), Section{path, {}});
    section->keys.push_back(&key);
  }
  return found;
}

}  // namespace acceptlab::scenarios
