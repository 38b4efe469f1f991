#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/data/dataset.h"

namespace acceptlab::data {

struct DatasetOptions {
  std::string set = "fashion-mnist";  // fashion-mnist, idx, cifar10, synthetic
  // Where the files are. Empty: fashion-mnist and cifar10 look in the standard places.
  std::string directory;
  int classes = 10;                         // of idx and synthetic; the others have 10
  std::optional<std::int64_t> train_limit;  // at most so many samples, from the start of the file;
  std::optional<std::int64_t> test_limit;   // synthetic: exactly so many (unset: 1024 and 256)
  std::uint64_t seed = 1;                   // synthetic only
};

// Reads a set by name. Files: idx and fashion-mnist use MNIST's four names,
// {train,t10k}-{images-idx3,labels-idx1}-ubyte, with or without .gz; cifar10 its six .bin files.
// A given directory is the only place looked at. Without one, the standard places are
// $ACCEPTLAB_DATA/<set>, $ACCEPTLAB_DATA, and for fashion-mnist the directory that Debian's
// package dataset-fashion-mnist fills.
// Throws ConfigError, naming the places looked at, the file, the rule and the values.
DatasetPair load_dataset(const DatasetOptions& options);

}  // namespace acceptlab::data
