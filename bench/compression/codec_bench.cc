// The codec's speed beside memory and beside its peers, on one thread: Google Benchmark cases, or
// with --ratios the table of ratios and goals.
#include <benchmark/benchmark.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/compression/cases.h"
#include "bench/compression/ratios.h"
#include "compression/simd_target.h"
#include "runtime/base/result.h"

namespace acceptlab::codec_bench {
namespace {

std::string join(const std::vector<std::string>& words, const char* separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

// Takes what is left of the command line.
int run_cases(std::vector<std::string> words, const char* program) {
  words.insert(words.begin(), program);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  int argc = static_cast<int>(argv.size());
  benchmark::Initialize(&argc, argv.data());
  if (benchmark::ReportUnrecognizedArguments(argc, argv.data())) return EXIT_FAILURE;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return EXIT_SUCCESS;
}

int run(int argc, char** argv) {
  RatioOptions options;
  options.command = join({argv, argv + argc}, " ");
  bool ratios = false;
  std::string target;
  CLI::App app("Speed of the codec. Without --ratios, options of Google Benchmark may follow.");
  const std::string targets = join(compression::simd_targets(), ", ");
  app.add_option("--target", target, "instruction set: " + targets + "; default: the first");
  app.add_flag("--ratios", ratios, "measure ratios to memory and peers in turns, and the goals");
  app.add_option("--only", options.only, "with --ratios: codecs whose name contains this");
  app.add_option("--seconds", options.duel_seconds, "with --ratios: time for each ratio");
  app.add_option("--csv", options.csv, "with --ratios: also write the rows to this file");
  app.allow_extras();
  CLI11_PARSE(app, argc, argv);
  if (!compression::use_simd_target(target)) throw ConfigError("this machine has only " + targets);
  options.simd_target = compression::simd_target();
  if (ratios) return run_ratios(options) ? EXIT_SUCCESS : EXIT_FAILURE;
  register_cases(options.simd_target);
  return run_cases(app.remaining(), argv[0]);
}

}  // namespace
}  // namespace acceptlab::codec_bench

int main(int argc, char** argv) {
  try {
    return acceptlab::codec_bench::run(argc, argv);
  } catch (const acceptlab::ConfigError& error) {
    std::fprintf(stderr, "codec_bench: error: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
