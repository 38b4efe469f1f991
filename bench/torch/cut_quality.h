#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/torch/cut_training.h"

namespace acceptlab::codec_quality {

// One codec on one tensor.
struct Quality {
  std::string codec;
  double bits_per_value = 0.0;  // of the whole message, header and checksum included
  double ratio = 0.0;           // to float32
  double snr_db = 0.0;          // infinite where nothing is lost
  double relative_l2 = 0.0;     // norm of the error over the norm of the tensor
};

// A tensor and what the codecs make of it.
struct CutQuality {
  CutTensor tensor;  // without its values
  std::size_t values = 0;
  double zero_share = 0.0;  // of exact zeros, 0..1
  float lowest = 0.0F;
  float highest = 0.0F;
  std::vector<Quality> codecs;
};

struct CodecSettings {
  int group_values = 0;  // that share scales; 0: each codec's default
  std::uint64_t seed = 1;
};

// Encodes and decodes `tensor` once with every codec of the comparison; those with ReLU6's range
// take part where all values lie in it. Throws std::runtime_error, naming codec and tensor, where
// one cannot encode, where the message does not decode, or where values are not finite.
CutQuality measure_quality(CutTensor tensor, const CodecSettings& settings);

// Row by row as CSV, with the names of the columns.
std::string to_csv(const std::vector<CutQuality>& cuts);

// For every codec, over the cuts: the median of the bits a value and "lowest median highest" SNR;
// activations with and without negative values and gradients apart. A table for a terminal.
std::string summary(const std::vector<CutQuality>& cuts);

}  // namespace acceptlab::codec_quality
