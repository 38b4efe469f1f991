#include "scenarios/describe.h"

#include <sstream>
#include <string>
#include <string_view>

#include "scenarios/field.h"
#include "scenarios/schema.h"

namespace acceptlab::scenarios {
namespace {

constexpr std::size_t kWidth = 100;

constexpr const char* kPreface =
    "Keys of a scenario file. [] stands for the items of a list: devices[].name is written as\n"
    "[[devices]] with name = ..., and named devices[1].name in --set and [sweep], counted from 0.\n"
    "Keys of network.links[] that are not given are those of [network].\n";

constexpr const char* kSweepText =
    "\nsweep\n"
    "    Keys of [sweep] are quoted paths of any of the above. Each takes a list of values, or\n"
    "    { start = 1, stop = 1000, steps = 7, scale = \"log\" } (or \"linear\", the default).\n"
    "    All combinations run, in the order of the file; the last key changes fastest.\n";

constexpr std::string_view kLinkKeys = "network.links[].";

// Which device or link a fault is about.
bool is_of_fault_target(const std::string& path) {
  return path == "faults[].device" || path == "faults[].from" || path == "faults[].to";
}

std::string facts(const Key& key) {
  Scenario defaults = one_of_each();
  const Field field = key.field(defaults, 0);
  const std::string allowed = allowed_text(field, key.allowed);
  std::string text = type_name(field, key.allowed);
  if (!allowed.empty()) text = (is_text(field) ? "one of" : text + ":") + " " + allowed;
  const std::string value = text_of(field).value_or("unset");
  const bool required = key.path == "network.links[].from" || key.path == "network.links[].to" ||
                        (key.path.rfind("faults[].", 0) == 0 &&
                         (is_of_fault_target(key.path) || key.path == "faults[].kind"));
  return text + (required ? "; required" : "; default " + value);
}

// Lines of at most kWidth characters behind a prefix, broken at spaces.
std::string paragraph(const std::string& text, const std::string& prefix) {
  std::istringstream words(text);
  std::string lines;
  std::string line = prefix;
  for (std::string word; words >> word;) {
    if (line.size() + 1 + word.size() > kWidth) {
      lines += line + "\n";
      line = prefix;
    }
    line += " " + word;
  }
  return lines + line + "\n";
}

}  // namespace

std::string describe_key(const Key& key, const std::string& prefix) {
  const std::string text = paragraph(facts(key), prefix) + paragraph(key.doc, prefix);
  return key.needs.key.empty() ? text
                               : text + paragraph("Needs " + to_string(key.needs) + ".", prefix);
}

bool repeats_link_key(const Key& key) {
  return key.path.rfind(kLinkKeys, 0) == 0 &&
         find_key("network." + key.path.substr(kLinkKeys.size())) != nullptr;
}

std::string describe_keys() {
  std::string text = kPreface;
  for (const Key& key : schema()) {
    if (!repeats_link_key(key)) text += "\n" + key.path + "\n" + describe_key(key, "   ");
  }
  return text + kSweepText;
}

}  // namespace acceptlab::scenarios
