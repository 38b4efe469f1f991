#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/tensor_file.h"

namespace acceptlab::app {

// One codec on one tensor.
struct CodecFigures {
  std::string codec;
  std::size_t message_bytes = 0;
  double bits_per_value = 0.0;
  double ratio = 0.0;        // to the tensor in its own element type
  double snr_db = 0.0;       // infinite where nothing is lost
  double encode_gb_s = 0.0;  // 10^9 bytes of float32 a second, on this thread
  double decode_gb_s = 0.0;
};

// Names of codecs worth a comparison: every scheme with every number of bits; with `variants` each
// also with every option that it has.
std::vector<std::string> table_codecs(bool variants);

// Encodes and decodes again and again, some tenths of a second or three times, after a warm-up; the
// speeds are of the median. Throws ConfigError, naming the codec, where it cannot encode the
// tensor. Requires: the tensor has values.
CodecFigures measure_codec(const std::string& codec, const FileTensor& tensor);

}  // namespace acceptlab::app
