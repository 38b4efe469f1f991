#include "compression/codec_spec.h"

namespace acceptlab::compression {

namespace {

constexpr const char* kNoOffset = "-no-offset";

const char* scheme_name(Scheme scheme) {
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

bool has_bits(Scheme scheme) { return scheme != Scheme::kNone && scheme != Scheme::kFp16; }

Error config_error(std::string message) { return {ErrorKind::kConfig, std::move(message)}; }

// All the names there are are few enough to compare with each.
std::optional<CodecSpec> find_spec(const std::string& name, int group) {
  for (const Scheme scheme : {Scheme::kNone, Scheme::kFp16}) {
    const CodecSpec spec{scheme, scheme == Scheme::kNone ? 32 : 16, group};
    if (spec.name() == name) return spec;
  }
  for (const Scheme scheme : {Scheme::kUniform, Scheme::kSuq, Scheme::kMbq}) {
    for (int bits = 1; bits <= kMaxBits; ++bits) {
      for (const bool offset : {true, false}) {
        const CodecSpec spec{scheme, bits, group, offset};
        if (spec.name() == name) return spec;
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::string CodecSpec::name() const {
  std::string name = scheme_name(scheme);
  if (has_bits(scheme)) name += std::to_string(bits);
  if (scheme == Scheme::kMbq && !offset) name += kNoOffset;
  return name;
}

Result<CodecSpec> parse_codec(const std::string& name, int group) {
  const std::optional<CodecSpec> spec = find_spec(name, group);
  if (!spec) {
    return config_error("codec \"" + name +
                        "\" is unknown; allowed: none, fp16, uniform1..8, suq1..8, mbq1..8, "
                        "mbq1..8-no-offset");
  }
  if (auto error = check_spec(*spec)) return *std::move(error);
  return *spec;
}

std::optional<Error> check_spec(const CodecSpec& spec) {
  const int lowest = has_bits(spec.scheme) ? 1 : spec.scheme == Scheme::kNone ? 32 : 16;
  const int highest = has_bits(spec.scheme) ? kMaxBits : lowest;
  if (spec.bits < lowest || spec.bits > highest) {
    return config_error(std::string("codec ") + scheme_name(spec.scheme) + ": bits must be " +
                        std::to_string(lowest) +
                        (lowest < highest ? ".." + std::to_string(highest) : "") + ", have " +
                        std::to_string(spec.bits));
  }
  if (spec.group < 1 || spec.group > kMaxGroup) {
    return config_error("codec " + spec.name() + ": group must be 1.." + std::to_string(kMaxGroup) +
                        " values, have " + std::to_string(spec.group));
  }
  return std::nullopt;
}

}  // namespace acceptlab::compression
