#include "compression/codec_spec.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <vector>

#include "runtime/base/check.h"

namespace acceptlab::compression {

namespace {

constexpr double kMaxScaleBitsPerValue = 0.07;
constexpr int kSmallestDefaultGroup = 1024;

Error config_error(std::string message) { return {ErrorKind::kConfig, std::move(message)}; }

bool has_range(Scheme scheme) { return scheme == Scheme::kUniform || scheme == Scheme::kSuq; }

// Nine digits tell every float32 apart; fewer are used where they do.
std::string shortest(float value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

std::string range_suffix(const CodecSpec& spec) {
  switch (spec.range) {
    case Range::kMinMax:
      return "";
    case Range::kClip:
      return "-clip";
    case Range::kKnown:
      break;
  }
  if (spec.low == 0.0F && spec.high == 6.0F) return "-relu6";
  return "-range(" + shortest(spec.low) + ":" + shortest(spec.high) + ")";
}

// The parts of a name between hyphens; a hyphen within parentheses is a minus sign.
std::vector<std::string> split_name(const std::string& name) {
  std::vector<std::string> parts(1);
  bool inside = false;
  for (const char c : name) {
    if (c == '(') inside = true;
    if (c == ')') inside = false;
    if (c == '-' && !inside) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

bool parse_scheme(const std::string& text, CodecSpec& spec) {
  for (const Scheme scheme : {Scheme::kNone, Scheme::kFp16}) {
    if (text != to_string(scheme)) continue;
    spec.scheme = scheme;
    spec.bits = scheme == Scheme::kNone ? 32 : 16;
    return true;
  }
  for (const Scheme scheme : {Scheme::kUniform, Scheme::kSuq, Scheme::kMbq}) {
    const std::string name = to_string(scheme);
    if (text.size() != name.size() + 1 || text.compare(0, name.size(), name) != 0) continue;
    spec.scheme = scheme;
    spec.bits = text.back() - '0';
    return spec.bits >= 1 && spec.bits <= kMaxBits;
  }
  return false;
}

template <typename T>
bool parse_number(const std::string& text, T& value) {
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  return parsed.ec == std::errc() && parsed.ptr == end;
}

bool parse_range(const std::string& text, CodecSpec& spec) {
  if (spec.range != Range::kMinMax) return false;  // said before
  if (text == "clip") {
    spec.range = Range::kClip;
    return true;
  }
  spec.range = Range::kKnown;
  if (text == "relu6") return true;
  const std::string opening = "range(";
  const std::size_t colon = text.find(':');
  if (text.compare(0, opening.size(), opening) != 0 || text.back() != ')') return false;
  if (colon == std::string::npos) return false;
  return parse_number(text.substr(opening.size(), colon - opening.size()), spec.low) &&
         parse_number(text.substr(colon + 1, text.size() - colon - 2), spec.high);
}

bool parse_fit(const std::string& text, CodecSpec& spec) {
  if (text == "no-offset") {
    spec.offset = false;
    return true;
  }
  if (spec.fit != Fit::kRefined) return false;  // said before
  if (text == "greedy") {
    spec.fit = Fit::kGreedy;
    return true;
  }
  const std::string alternating = "alternating";
  if (text.compare(0, alternating.size(), alternating) != 0) return false;
  spec.fit = Fit::kAlternating;
  return parse_number(text.substr(alternating.size()), spec.cycles);
}

bool parse_option(const std::string& text, CodecSpec& spec) {
  if (text == "zeros") {
    spec.zeros = true;
    return true;
  }
  if (text == "zstd") {
    spec.lossless = true;
    return true;
  }
  if (has_range(spec.scheme)) return parse_range(text, spec);
  return spec.scheme == Scheme::kMbq && parse_fit(text, spec);
}

// "no-offset" has a hyphen of its own.
void join_no_offset(std::vector<std::string>& parts) {
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    if (parts[i] != "no" || parts[i + 1] != "offset") continue;
    parts[i] = "no-offset";
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
}

std::optional<CodecSpec> find_spec(const std::string& name) {
  std::vector<std::string> parts = split_name(name);
  join_no_offset(parts);
  CodecSpec spec;
  if (!parse_scheme(parts.front(), spec)) return std::nullopt;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    for (std::size_t earlier = 1; earlier < i; ++earlier) {
      if (parts[earlier] == parts[i]) return std::nullopt;
    }
    if (parts[i].empty() || !parse_option(parts[i], spec)) return std::nullopt;
  }
  return spec;
}

std::optional<Error> check_known_range(const CodecSpec& spec) {
  const bool good = spec.low < spec.high && std::fabs(spec.low) <= kMaxMagnitude &&
                    std::fabs(spec.high) <= kMaxMagnitude && spec.high - spec.low >= kMinRange;
  if (good) return std::nullopt;
  return config_error("codec " + spec.name() + ": the range must go from a number to a larger one");
}

}  // namespace

const char* const kCodecNameHelp =
    "none, fp16, uniform1..8, suq1..8, mbq1..8; behind uniform and suq may stand -clip, -relu6 or "
    "-range(LOW:HIGH), behind mbq -greedy or -alternating<CYCLES> and -no-offset, behind any "
    "-zeros and -zstd";

const char* to_string(Scheme scheme) {
  switch (scheme) {
    case Scheme::kNone:
      return "none";
    case Scheme::kFp16:
      return "fp16";
    case Scheme::kUniform:
      return "uniform";
    case Scheme::kSuq:
      return "suq";
    case Scheme::kMbq:
      return "mbq";
  }
  return "unknown";
}

const char* to_string(Fit fit) {
  switch (fit) {
    case Fit::kGreedy:
      return "greedy";
    case Fit::kRefined:
      return "refined";
    case Fit::kAlternating:
      return "alternating";
  }
  return "unknown";
}

const char* to_string(Range range) {
  switch (range) {
    case Range::kMinMax:
      return "minmax";
    case Range::kClip:
      return "clip";
    case Range::kKnown:
      return "known";
  }
  return "unknown";
}

bool is_quantizing(Scheme scheme) { return scheme != Scheme::kNone && scheme != Scheme::kFp16; }

int scales_per_group(const CodecSpec& spec) {
  if (spec.scheme == Scheme::kMbq) return spec.bits + (spec.offset ? 1 : 0);
  return has_range(spec.scheme) && spec.range != Range::kKnown ? 2 : 0;
}

int group_of(const CodecSpec& spec) {
  if (!is_quantizing(spec.scheme)) return 0;
  if (spec.group != 0) return spec.group;
  int group = kSmallestDefaultGroup;
  while (32.0 * scales_per_group(spec) / group > kMaxScaleBitsPerValue) group *= 2;
  return group;
}

std::string CodecSpec::name() const {
  std::string name = to_string(scheme);
  if (is_quantizing(scheme)) name += std::to_string(bits);
  if (has_range(scheme)) name += range_suffix(*this);
  if (scheme == Scheme::kMbq) {
    if (fit == Fit::kGreedy) name += "-greedy";
    if (fit == Fit::kAlternating) name += "-alternating" + std::to_string(cycles);
    if (!offset) name += "-no-offset";
  }
  if (zeros) name += "-zeros";
  if (lossless) name += "-zstd";
  return name;
}

CodecSpec default_for_activations(int bits) {
  CodecSpec spec;
  spec.scheme = Scheme::kMbq;
  spec.bits = bits;
  return spec;
}

CodecSpec default_for_gradients(int bits) {
  CodecSpec spec;
  spec.scheme = Scheme::kSuq;
  spec.bits = bits;
  return spec;
}

Result<CodecSpec> parse_codec(const std::string& name, int group) {
  std::optional<CodecSpec> spec = find_spec(name);
  if (!spec) {
    return config_error("codec \"" + name + "\" is unknown; allowed: " + kCodecNameHelp);
  }
  spec->group = group;
  if (auto error = check_spec(*spec)) return *std::move(error);
  return *spec;
}

std::optional<Error> check_spec(const CodecSpec& spec) {
  const bool quantizing = is_quantizing(spec.scheme);
  const int lowest = quantizing ? 1 : spec.scheme == Scheme::kNone ? 32 : 16;
  const int highest = quantizing ? kMaxBits : lowest;
  if (spec.bits < lowest || spec.bits > highest) {
    return config_error(std::string("codec ") + to_string(spec.scheme) + ": bits must be " +
                        std::to_string(lowest) +
                        (lowest < highest ? ".." + std::to_string(highest) : "") + ", have " +
                        std::to_string(spec.bits));
  }
  if (!quantizing) return std::nullopt;
  if (spec.group < 0 || spec.group > kMaxGroup || spec.group % 8 != 0) {
    return config_error("codec " + spec.name() + ": group must be a multiple of 8 up to " +
                        std::to_string(kMaxGroup) + " values, or 0 for the default, have " +
                        std::to_string(spec.group));
  }
  if (has_range(spec.scheme) && spec.range == Range::kKnown) return check_known_range(spec);
  if (spec.scheme == Scheme::kMbq && spec.fit == Fit::kAlternating &&
      (spec.cycles < 1 || spec.cycles > kMaxCycles)) {
    return config_error("codec " + spec.name() + ": cycles must be 1.." +
                        std::to_string(kMaxCycles) + ", have " + std::to_string(spec.cycles));
  }
  return std::nullopt;
}

}  // namespace acceptlab::compression
