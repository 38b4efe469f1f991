#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "compression/decoder.h"
#include "compression/encoder.h"
#include "tests/compression/codec_fixtures.h"

// Writes messages of every scheme, number of bits and option, NAME.acpt, and what our decoder makes
// of each, NAME.f32, into a folder, for a decoder that knows FORMAT.md alone
// (format_decoder_test.py).
//
// usage: format_messages FOLDER
namespace acceptlab::compression {
namespace {

void write_file(const std::string& path, const void* bytes, std::size_t size) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  // fwrite may not be given the null pointer of an empty vector.
  const bool written = file != nullptr && (size == 0 || std::fwrite(bytes, 1, size, file) == size);
  if (!written || std::fclose(file) != 0) {
    std::perror(path.c_str());
    std::exit(EXIT_FAILURE);
  }
}

// Neither zero nor even: a whole block, a rest and a short group.
std::vector<float> values_of(const CodecSpec& spec, std::size_t count) {
  return spec.scheme == Scheme::kSuq && spec.range == Range::kMinMax ? gradients(count)
                                                                     : activations(count);
}

void write_case(const std::string& path, const CodecSpec& spec, const Shape& shape,
                std::size_t count, DType dtype = DType::kFloat32) {
  const std::vector<float> values = values_of(spec, count);
  const auto message = Encoder(spec, 3).encode(Span<const float>(values), shape, {4, 5}, dtype);
  std::vector<float> decoded(count);
  const auto info =
      Decoder().decode(Span<const std::uint8_t>(message.value()), Span<float>(decoded));
  ACCEPTLAB_CHECK(info.ok());
  write_file(path + ".acpt", message.value().data(), message.value().size());
  write_file(path + ".f32", decoded.data(), 4 * decoded.size());
}

void write_all(const std::string& folder) {
  for (const char* options : {"", "-zeros", "-zstd"}) {
    for (const std::string& name : scheme_names()) {
      const CodecSpec spec = spec_of(name + options);
      const std::string path = folder + "/" + name + options;
      const bool quantizing = is_quantizing(spec.scheme);
      write_case(path + ".groups", spec_of(name + options, quantizing ? 520 : 0),
                 Shape::vector(1057), 1057);
      if (options[0] != '\0') continue;
      write_case(path + ".short", spec, Shape::vector(13), 13);
    }
  }
  for (const char* name : {"none", "fp16", "suq4", "uniform3-relu6-zeros", "mbq5-zeros-zstd"}) {
    const CodecSpec spec = spec_of(name);
    const std::string path = folder + "/" + name;
    write_case(path + ".empty", spec, Shape{3, {0, 4, 5}}, 0);
    write_case(path + ".scalar", spec, Shape{}, 1);
    write_case(path + ".rank8", spec, Shape{8, {2, 1, 3, 1, 5, 1, 7, 1}}, 210, DType::kFloat16);
  }
}

}  // namespace
}  // namespace acceptlab::compression

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: format_messages FOLDER\n");
    return 2;
  }
  acceptlab::compression::write_all(arguments[1]);
  return 0;
}
