#include "scenarios/codec_name.h"

#include <vector>

#include "compression/codec_spec.h"
#include "runtime/base/suggest.h"

namespace acceptlab::scenarios {
namespace {

using compression::CodecSpec;

// Names that somebody may have meant: every scheme and number of bits, with one option or none.
std::vector<std::string> usual_names() {
  std::vector<std::string> names;
  for (const char* scheme : {"none", "fp16", "uniform", "suq", "mbq"}) {
    for (int bits = 0; bits <= compression::kMaxBits; ++bits) {
      const std::string plain = scheme + (bits == 0 ? "" : std::to_string(bits));
      for (const char* option : {"", "-clip", "-relu6", "-greedy", "-no-offset",
                                 "-greedy-no-offset", "-zeros", "-zstd"}) {
        if (compression::parse_codec(plain + option)) names.push_back(plain + option);
      }
    }
  }
  return names;
}

}  // namespace

Result<std::string> read_codec_name(const std::string& text) {
  const Result<CodecSpec> spec = compression::parse_codec(text);
  if (spec) return spec.value().name();
  return Error{ErrorKind::kConfig, spec.error().message + hint(text, usual_names())};
}

}  // namespace acceptlab::scenarios
