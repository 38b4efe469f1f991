#include "app/testbed/owner.h"

#include <unistd.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>

namespace acceptlab::testbed {

namespace {

constexpr std::string_view kPrefix = "acceptlab-";

// Field 22 of /proc/PID/stat; nothing where there is no such process.
std::optional<std::uint64_t> start_of(std::int64_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  // The second field is the program's name in parentheses, and may hold any character.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  std::string field;
  for (int number = 3; number < 22; ++number) fields >> field;
  std::uint64_t ticks = 0;
  if (!(fields >> ticks)) return std::nullopt;
  return ticks;
}

// Takes a number off the front of a text.
template <typename Number>
bool take(std::string_view& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

Owner this_process() {
  const std::int64_t pid = getpid();
  return {pid, start_of(pid).value_or(0)};
}

bool is_alive(const Owner& owner) { return start_of(owner.pid) == owner.start_ticks; }

std::string tag_of(const Owner& owner) {
  return std::string(kPrefix) + std::to_string(owner.pid) + "-" + std::to_string(owner.start_ticks);
}

std::optional<Owner> owner_of(const std::string& name) {
  std::string_view rest = name;
  if (rest.substr(0, kPrefix.size()) != kPrefix) return std::nullopt;
  rest.remove_prefix(kPrefix.size());
  Owner owner;
  if (!take(rest, owner.pid) || !take(rest, '-') || !take(rest, owner.start_ticks)) {
    return std::nullopt;
  }
  if (owner.pid <= 0 || (!rest.empty() && rest.front() != '-')) return std::nullopt;
  return owner;
}

std::vector<std::string> abandoned(const std::vector<std::string>& names) {
  std::vector<std::string> found;
  for (const std::string& name : names) {
    const std::optional<Owner> owner = owner_of(name);
    if (owner && !is_alive(*owner)) found.push_back(name);
  }
  return found;
}

}  // namespace acceptlab::testbed
