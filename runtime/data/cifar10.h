#pragma once

#include <cstdint>
#include <string>

#include "runtime/data/dataset.h"

namespace acceptlab::data {

inline constexpr std::int64_t kCifar10RecordsPerFile = 10000;

// Reads the binary version of CIFAR-10 (https://www.cs.toronto.edu/~kriz/cifar.html): in
// `directory`, data_batch_1.bin .. data_batch_5.bin for training and test_batch.bin, each of
// `records_per_file` records of 1 label and 3 x 32 x 32 bytes.
// Throws ConfigError naming file, rule and values: not readable, another length, a label above 9.
DatasetPair load_cifar10(const std::string& directory,
                         std::int64_t records_per_file = kCifar10RecordsPerFile);

}  // namespace acceptlab::data
