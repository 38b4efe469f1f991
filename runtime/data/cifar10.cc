#include "runtime/data/cifar10.h"

#include "runtime/base/check.h"
#include "runtime/base/result.h"
#include "runtime/data/file_bytes.h"

namespace acceptlab::data {

namespace {

Dataset empty_set() {
  Dataset dataset;
  dataset.name = "cifar10";
  dataset.channels = 3;
  dataset.height = 32;
  dataset.width = 32;
  dataset.classes = 10;
  return dataset;
}

void append_file(Dataset& dataset, const std::string& path, std::int64_t records) {
  const std::int64_t record = 1 + dataset.values_per_sample();
  const auto expected = static_cast<std::size_t>(records * record);
  const std::vector<std::uint8_t> content = read_file(path, expected + 1);
  if (content.size() != expected) {
    throw ConfigError(path + ": " +
                      (content.size() < expected
                           ? "truncated: " + std::to_string(content.size()) + " bytes"
                           : "trailing bytes") +
                      ", expected " + std::to_string(expected) + " (" + std::to_string(records) +
                      " records of " + std::to_string(record) + ")");
  }
  for (auto at = content.begin(); at != content.end(); at += record) {
    if (*at >= dataset.classes) {
      throw ConfigError(path + ": label " + std::to_string(*at) + " of record " +
                        std::to_string((at - content.begin()) / record) +
                        " (from 0) is not below the class count 10");
    }
    dataset.labels.push_back(*at);
    dataset.images.insert(dataset.images.end(), at + 1, at + record);
  }
}

}  // namespace

DatasetPair load_cifar10(const std::string& directory, std::int64_t records_per_file) {
  ACCEPTLAB_CHECK(records_per_file > 0);
  DatasetPair pair{empty_set(), empty_set()};
  for (int file = 1; file <= 5; ++file) {
    append_file(pair.train, directory + "/data_batch_" + std::to_string(file) + ".bin",
                records_per_file);
  }
  append_file(pair.test, directory + "/test_batch.bin", records_per_file);
  return pair;
}

}  // namespace acceptlab::data
