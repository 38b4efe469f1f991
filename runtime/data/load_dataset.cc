#include "runtime/data/load_dataset.h"

#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/data/cifar10.h"
#include "runtime/data/idx.h"
#include "runtime/data/synthetic.h"

namespace acceptlab::data {

namespace {

namespace fs = std::filesystem;

constexpr const char* kDebianFashionMnist = "/usr/share/datasets/fashion-mnist";

std::vector<std::string> places(const DatasetOptions& options) {
  if (!options.directory.empty()) return {options.directory};
  std::vector<std::string> found;
  const char* root = std::getenv("ACCEPTLAB_DATA");
  if (root != nullptr && *root != '\0') {
    found.push_back(std::string(root) + "/" + options.set);
    found.emplace_back(root);
  }
  if (options.set == "fashion-mnist") found.emplace_back(kDebianFashionMnist);
  return found;
}

// The path of `stem` in `directory`, plain or with .gz; empty where it has neither.
std::string find_file(const std::string& directory, const std::string& stem) {
  std::error_code ignored;  // what cannot be looked at is not there
  for (const char* ending : {"", ".gz"}) {
    std::string path = directory;
    path.append("/").append(stem).append(ending);
    if (fs::exists(path, ignored)) return path;
  }
  return {};
}

std::string remedy(const std::string& set) {
  if (set == "fashion-mnist") return "; on Debian: apt-get install dataset-fashion-mnist";
  return "; name its directory, or put it under $ACCEPTLAB_DATA/" + set;
}

// The first place that has `marker`.
std::string find_directory(const DatasetOptions& options, const std::string& marker) {
  std::string looked;
  for (const std::string& place : places(options)) {
    if (!find_file(place, marker).empty()) return place;
    looked += (looked.empty() ? "" : ", ") + place;
  }
  throw ConfigError("data set " + options.set + ": no " + marker + " (or .gz) in " +
                    (looked.empty() ? "any place: no directory is given" : looked) +
                    remedy(options.set));
}

Dataset load_idx_part(const std::string& directory, const std::string& part, int classes) {
  const auto path = [&](const std::string& stem) {
    std::string found = find_file(directory, stem);
    if (found.empty()) throw ConfigError(directory + "/" + stem + ": no such file (nor with .gz)");
    return found;
  };
  return load_idx(path(part + "-images-idx3-ubyte"), path(part + "-labels-idx1-ubyte"), classes);
}

DatasetPair load_idx_pair(const DatasetOptions& options, int classes) {
  const std::string directory = find_directory(options, "train-images-idx3-ubyte");
  DatasetPair pair{load_idx_part(directory, "train", classes),
                   load_idx_part(directory, "t10k", classes)};
  pair.train.name = pair.test.name = options.set;
  const Dataset& a = pair.train;
  const Dataset& b = pair.test;
  if (a.channels != b.channels || a.height != b.height || a.width != b.width) {
    throw ConfigError(directory + ": training images are " + std::to_string(a.channels) + " x " +
                      std::to_string(a.height) + " x " + std::to_string(a.width) +
                      ", test images " + std::to_string(b.channels) + " x " +
                      std::to_string(b.height) + " x " + std::to_string(b.width));
  }
  return pair;
}

DatasetPair load_synthetic(const DatasetOptions& options) {
  SyntheticOptions synthetic;
  synthetic.seed = options.seed;
  synthetic.classes = options.classes;
  synthetic.train_samples = options.train_limit.value_or(synthetic.train_samples);
  synthetic.test_samples = options.test_limit.value_or(synthetic.test_samples);
  return make_synthetic(synthetic);
}

void check_limit(const char* name, const std::optional<std::int64_t>& limit) {
  if (limit && *limit < 1) {
    throw ConfigError(std::string("data set: ") + name + " limit must be at least 1, have " +
                      std::to_string(*limit));
  }
}

DatasetPair load_whole(const DatasetOptions& options) {
  if (options.set == "fashion-mnist") return load_idx_pair(options, 10);
  if (options.set == "idx") return load_idx_pair(options, options.classes);
  if (options.set == "cifar10") return load_cifar10(find_directory(options, "test_batch.bin"));
  if (options.set == "synthetic") return load_synthetic(options);
  throw ConfigError("data set \"" + options.set +
                    "\" is unknown; known: fashion-mnist, idx, cifar10, synthetic");
}

}  // namespace

DatasetPair load_dataset(const DatasetOptions& options) {
  check_limit("train", options.train_limit);
  check_limit("test", options.test_limit);
  DatasetPair pair = load_whole(options);
  if (options.train_limit) keep_first(pair.train, *options.train_limit);
  if (options.test_limit) keep_first(pair.test, *options.test_limit);
  return pair;
}

}  // namespace acceptlab::data
