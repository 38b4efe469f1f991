#include "app/codec_choice.h"

#include <cstdlib>
#include <initializer_list>
#include <string>
#include <utility>

#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

using compression::CodecSpec;
using compression::Fit;
using compression::Range;
using compression::Scheme;

// The value of the list that has this name.
template <typename T>
T find(const std::string& option, const std::string& name, std::initializer_list<T> values) {
  std::string allowed;
  for (const T value : values) {
    if (name == compression::to_string(value)) return value;
    allowed += (allowed.empty() ? "" : ", ") + std::string(compression::to_string(value));
  }
  throw ConfigError(option + ": '" + name + "' is unknown; allowed: " + allowed);
}

float parse_end(const std::string& range, const std::string& end) {
  char* stop = nullptr;
  const float value = std::strtof(end.c_str(), &stop);
  if (end.empty() || *stop != '\0') {
    throw ConfigError("--range: '" + range + "' is not minmax, clip, relu6 or LOW:HIGH");
  }
  return value;
}

void set_range(const std::string& range, CodecSpec& spec) {
  if (range == "minmax") return;
  if (range == "clip") {
    spec.range = Range::kClip;
    return;
  }
  spec.range = Range::kKnown;
  if (range == "relu6") return;
  const std::size_t colon = range.find(':');
  spec.low = parse_end(range, range.substr(0, colon));
  spec.high = parse_end(range, colon == std::string::npos ? "" : range.substr(colon + 1));
}

CodecSpec spec_of(const CodecChoice& choice) {
  CodecSpec spec;
  spec.scheme = find("--scheme", choice.scheme,
                     {Scheme::kNone, Scheme::kFp16, Scheme::kUniform, Scheme::kSuq, Scheme::kMbq});
  if (spec.scheme == Scheme::kFp16) spec.bits = 16;
  if (is_quantizing(spec.scheme)) spec.bits = choice.bits.value_or(4);
  if (choice.fit) {
    spec.fit = find("--fit", *choice.fit, {Fit::kGreedy, Fit::kRefined, Fit::kAlternating});
  }
  if (choice.cycles) spec.cycles = *choice.cycles;
  if (choice.offset) spec.offset = *choice.offset;
  if (choice.range) set_range(*choice.range, spec);
  spec.group = choice.group.value_or(0);
  spec.zeros = choice.zeros;
  spec.lossless = choice.lossless;
  return spec;
}

CodecSpec named_spec(const CodecChoice& choice) {
  const struct {
    bool given;
    const char* option;
  } others[] = {{!choice.scheme.empty(), "--scheme"},
                {choice.bits.has_value(), "--bits"},
                {choice.fit.has_value(), "--fit"},
                {choice.cycles.has_value(), "--cycles"},
                {choice.offset.has_value(), "--offset"},
                {choice.range.has_value(), "--range"},
                {choice.zeros, "--zeros"},
                {choice.lossless, "--lossless"}};
  for (const auto& other : others) {
    if (!other.given) continue;
    throw ConfigError(std::string(other.option) +
                      " cannot be given with --codec, whose name says it already");
  }
  Result<CodecSpec> spec = compression::parse_codec(choice.codec, choice.group.value_or(0));
  if (!spec) throw ConfigError(spec.error().message);
  return std::move(spec).value();
}

void check_effects(const CodecChoice& choice, const CodecSpec& spec) {
  const bool mbq = spec.scheme == Scheme::kMbq;
  const bool suq = spec.scheme == Scheme::kSuq;
  const bool ranged = suq || spec.scheme == Scheme::kUniform;
  const struct {
    bool given;
    bool has_effect;
    const char* option;
    const char* where;
  } rows[] = {
      {choice.bits.has_value(), mbq || ranged, "--bits", "uniform, suq and mbq"},
      {choice.fit.has_value(), mbq, "--fit", "mbq"},
      {choice.cycles.has_value(), mbq && spec.fit == Fit::kAlternating, "--cycles",
       "mbq with --fit alternating"},
      {choice.offset.has_value(), mbq, choice.offset.value_or(true) ? "--offset" : "--no-offset",
       "mbq"},
      {choice.range.has_value(), ranged, "--range", "uniform and suq"},
      {choice.group.has_value(), mbq || ranged, "--group", "uniform, suq and mbq"},
      {choice.seed.has_value(), suq, "--seed", "suq, which rounds at random"},
  };
  for (const auto& row : rows) {
    if (!row.given || row.has_effect) continue;
    throw ConfigError(std::string(row.option) + " has no effect on codec " + spec.name() +
                      ", only on " + row.where);
  }
}

}  // namespace

CodecSpec choose_codec(const CodecChoice& choice) {
  if (choice.codec.empty() && choice.scheme.empty()) {
    throw ConfigError("--scheme or --codec is required, such as --scheme mbq --bits 4");
  }
  const CodecSpec spec = choice.codec.empty() ? spec_of(choice) : named_spec(choice);
  if (const auto error = check_spec(spec)) throw ConfigError(error->message);
  check_effects(choice, spec);
  return spec;
}

}  // namespace acceptlab::app
