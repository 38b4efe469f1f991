#include "app/testbed/capacity.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "runtime/base/result.h"

namespace acceptlab::testbed {

namespace {

constexpr int kShortestPeriodUs = 5'000;
constexpr int kLeastQuotaUs = 1'000;
constexpr double kSlowest = 1'000.0;  // the kernel's longest period is 1 s
constexpr int kMostProcessors = 4096;

std::optional<int> number(const std::string& text) {
  int value = -1;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || value < 0 || value >= kMostProcessors) {
    return std::nullopt;
  }
  return value;
}

// "3" or "0-3".
bool add_range(const std::string& text, std::vector<int>& processors) {
  const std::size_t dash = text.find('-');
  const std::optional<int> first = number(text.substr(0, dash));
  const std::optional<int> last = dash == std::string::npos ? first : number(text.substr(dash + 1));
  if (!first || !last || *last < *first) return false;
  for (int p = *first; p <= *last; ++p) processors.push_back(p);
  return true;
}

}  // namespace

CpuQuota quota_of(double slowdown) {
  if (!(slowdown >= 1.0 && slowdown <= kSlowest)) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", slowdown);
    throw ConfigError(
        std::string("a device of the testbed can have a slowdown of 1 to 1000, not ") + text +
        ": a CPU quota makes this host slower only");
  }
  const int period =
      std::max(kShortestPeriodUs, static_cast<int>(std::ceil(kLeastQuotaUs * slowdown)));
  return {period, std::max(kLeastQuotaUs, static_cast<int>(std::lround(period / slowdown)))};
}

double processors_needed(const std::vector<double>& slowdowns) {
  double sum = 0.0;
  for (const double slowdown : slowdowns) sum += 1.0 / slowdown;
  return sum;
}

bool is_carried(double needed, int processors) {
  constexpr double rounding = 1e-9;  // three thirds are one
  return needed <= processors + rounding;
}

std::optional<std::vector<int>> parse_processors(const std::string& text) {
  std::vector<int> processors;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (!add_range(text.substr(begin, end - begin), processors)) return std::nullopt;
    begin = end + 1;
  }
  std::sort(processors.begin(), processors.end());
  processors.erase(std::unique(processors.begin(), processors.end()), processors.end());
  return processors;
}

std::string processors_text(const std::vector<int>& processors) {
  std::string text;
  for (const int p : processors) text += (text.empty() ? "" : ",") + std::to_string(p);
  return text;
}

}  // namespace acceptlab::testbed
