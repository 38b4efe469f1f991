#pragma once

#include <string>

#include "runtime/data/dataset.h"

namespace acceptlab::data {

// Reads a set in the IDX format of MNIST: big-endian magic number 0x000008RR (unsigned bytes, RR
// dimensions), RR 32-bit dimensions, the values. Either file may be gzip. Images have three
// dimensions [size, height, width] or four [size, channels, height, width], labels one.
// Throws ConfigError naming file, rule and values: not readable, wrong magic number, a dimension
// of 0, more than 2 GiB, shorter or longer than its dimensions say, counts that differ, a label
// that is not below `classes`.
Dataset load_idx(const std::string& images_path, const std::string& labels_path, int classes);

}  // namespace acceptlab::data
