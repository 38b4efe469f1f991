// How well the codecs keep real activations and gradients: trains a model, then encodes and decodes
// what crosses every cut in one more mini-batch. Writes a CSV file with its provenance in comment
// lines and prints a summary:
//   codec_quality --csv results/codec_quality/codec_quality.csv
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "app/progress.h"
#include "app/provenance.h"
#include "app/tensor_file.h"
#include "bench/torch/cut_quality.h"
#include "bench/torch/cut_training.h"
#include "results/csv.h"
#include "results/text_file.h"
#include "runtime/base/result.h"
#include "runtime/data/load_dataset.h"
#include "runtime/torch/setup.h"

namespace acceptlab::codec_quality {
namespace {

using results::format_fixed;

struct Options {
  std::string command;
  TrainingOptions training;
  int batches = 300;     // trained, the one measured included
  int group_values = 0;  // as in CodecSettings
  std::string csv;
  std::string dump;  // folder; empty: none
};

std::string describe(const Score& score) {
  const auto samples = static_cast<double>(score.samples);
  return "loss " + format_fixed(score.loss_sum / samples, 3) + " nats, accuracy " +
         format_fixed(100.0 * static_cast<double>(score.correct) / samples, 1) + " %";
}

// The score of the last mini-batch.
Score train(CutTraining& training, int batches) {
  if (batches > training.batch_count()) {
    throw ConfigError("--batches: the epoch has " + std::to_string(training.batch_count()) +
                      " mini-batches, not " + std::to_string(batches));
  }
  app::Progress progress("mini-batches", batches);
  Score score;
  for (int done = 0; done < batches;) {
    score = training.train_batch();
    progress.update(++done, describe(score));
  }
  return score;
}

void dump(const std::string& folder, const CutTensor& tensor) {
  const std::string number = std::to_string(tensor.cut_after_unit);
  const std::string name = "cut" + std::string(number.size() < 2 ? "0" : "") + number + "_" +
                           to_string(tensor.direction) + ".npy";
  app::save_tensor(std::filesystem::path(folder) / name,
                   {compression::DType::kFloat32, tensor.shape, tensor.values});
}

std::vector<CutQuality> measure_all(const Options& options, std::vector<CutTensor> tensors) {
  if (!options.dump.empty()) std::filesystem::create_directories(options.dump);
  const CodecSettings settings{options.group_values, options.training.seed};
  app::Progress progress("tensors", static_cast<int>(tensors.size()));
  std::vector<CutQuality> cuts;
  for (CutTensor& tensor : tensors) {
    if (!options.dump.empty()) dump(options.dump, tensor);
    cuts.push_back(measure_quality(std::move(tensor), settings));
    progress.update(static_cast<int>(cuts.size()), to_string(cuts.back().tensor.direction));
  }
  return cuts;
}

std::string tensors_line(const Options& options) {
  const TrainingOptions& training = options.training;
  return "tensors: " + training.model.name + " width " + format_fixed(training.model.width, 2) +
         ", fashion-mnist, batch " + std::to_string(training.batch_samples) + ", mini-batch " +
         std::to_string(options.batches) + ", seed " + std::to_string(training.seed);
}

std::string training_line(const Options& options, const Score& score) {
  const TrainingOptions& training = options.training;
  return "training: learning rate " + format_fixed(training.learning_rate, 3) + ", momentum " +
         format_fixed(training.sgd.momentum, 1) + ", weight decay " +
         format_fixed(training.sgd.weight_decay, 4) +
         ", one device, no codec; in that mini-batch: " + describe(score);
}

// Comment lines on where the numbers come from.
std::string provenance(const Options& options, const Score& score) {
  const auto versions = app::library_versions();
  const auto machine = app::machine_facts();
  const std::vector<std::string> lines = {
      "command: " + options.command,
      "revision: " + app::source_revision() + ", acceptlab " + versions.at("acceptlab") +
          "; date: " + app::utc_now(),
      "machine: " + machine.at("processor") + ", " + machine.at("cores") + " cores, " +
          machine.at("memory_gib") + " GiB, " + machine.at("kernel") + "; one thread used",
      "versions: LibTorch " + versions.at("libtorch") + " with " + versions.at("blas") +
          ", compiler " + versions.at("compiler"),
      tensors_line(options),
      training_line(options, score),
      "bits_per_value and ratio (to float32) are of the whole message; zero_share is of exact "
      "zeros; snr_db is inf where nothing is lost"};
  std::string text;
  for (const std::string& line : lines) text += "# " + line + "\n";
  return text;
}

// Before the training, not after it.
void check_folder_of(const std::filesystem::path& file) {
  const std::filesystem::path folder = file.parent_path();
  if (folder.empty() || std::filesystem::is_directory(folder)) return;
  throw ConfigError(file.string() + ": there is no folder " + folder.string());
}

int run(const Options& options) {
  check_folder_of(options.csv);
  torch_stage::initialise_torch(options.training.seed);
  const data::DatasetPair data = data::load_dataset({});
  CutTraining training(options.training, data);
  const Score score = train(training, options.batches);
  const std::vector<CutQuality> cuts = measure_all(options, training.crossings());
  const auto written =
      results::replace_text(options.csv, provenance(options, score) + to_csv(cuts));
  if (!written) throw ConfigError(written.error().message);
  std::printf("%s", summary(cuts).c_str());
  return EXIT_SUCCESS;
}

int parse_and_run(int argc, char** argv) {
  Options options;
  for (int i = 0; i < argc; ++i) options.command += (i == 0 ? "" : " ") + std::string(argv[i]);
  CLI::App app("Quality of the codecs on what crosses the cuts of a model that is being trained.");
  app.add_option("--csv", options.csv, "table to write; replaced if it exists")->required();
  app.add_option("--dump", options.dump,
                 "also write the tensors to this folder, as cut<UNIT>_<DIRECTION>.npy");
  app.add_option("--model", options.training.model.name, "see acceptlab profile --help")
      ->capture_default_str();
  app.add_option("--width", options.training.model.width, "width multiplier")
      ->capture_default_str();
  app.add_option("--batches", options.batches, "mini-batches of training; the last is measured")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--group", options.group_values, "values that share scales; 0: by the codec")
      ->capture_default_str();
  app.add_option("--seed", options.training.seed, "of weights, order of samples and suq")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return run(options);
}

}  // namespace
}  // namespace acceptlab::codec_quality

int main(int argc, char** argv) {
  try {
    return acceptlab::codec_quality::parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "codec_quality: error: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
