#include "app/figures/figure_step.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "app/figures/step_record.h"
#include "app/figures/sweep_tables.h"
#include "app/process.h"
#include "app/provenance.h"
#include "compression/checksum.h"
#include "results/sweep_manifest.h"
#include "results/text_file.h"
#include "runtime/base/result.h"
#include "scenarios/resolved.h"
#include "scenarios/sweep.h"

namespace acceptlab::app {

namespace {

namespace fs = std::filesystem;

// What a sweep and a command have in common once the words are filled in.
struct Job {
  std::vector<std::string> words;  // after `acceptlab`
  std::vector<std::string> inputs;
  std::vector<std::string> seeds;
};

std::string filled_in(const std::string& word, const StepSettings& settings,
                      const StepFolders& folders) {
  std::string text = with_replaced(word, kHere, settings.here.string());
  text = with_replaced(text, kTraces, settings.traces.string());
  return with_replaced(text, kOut, folders.results.string());
}

std::vector<std::string> filled_in(const std::vector<std::string>& words,
                                   const std::vector<std::string>& more,
                                   const StepSettings& settings, const StepFolders& folders) {
  std::vector<std::string> all;
  for (const std::string& word : words) all.push_back(filled_in(word, settings, folders));
  for (const std::string& word : more) all.push_back(filled_in(word, settings, folders));
  return all;
}

// A sweep is known by its points, whose hashes count files by content.
Job sweep_job(const FigureStep& step, const StepSettings& settings, const StepFolders& folders) {
  const fs::path file = settings.here / step.scenario;
  const std::vector<std::string> none;
  const std::vector<std::string> set =
      filled_in(step.set, settings.quick ? step.with_quick : none, settings, folders);
  Job job{{"sweep", file.string()}, {}, {}};
  for (const std::string& assignment : set) {
    job.words.insert(job.words.end(), {"--set", assignment});
  }
  const scenarios::Document document = scenarios::read_document(file, set);
  if (!document.has_sweep()) throw ConfigError(file.string() + ": has no [sweep]");
  for (const scenarios::SweepPoint& point : scenarios::expand_sweep(document)) {
    job.inputs.push_back(scenarios::scenario_hash(point.scenario));
    const std::string seed = std::to_string(point.scenario.seed);
    if (std::find(job.seeds.begin(), job.seeds.end(), seed) == job.seeds.end()) {
      job.seeds.push_back(seed);
    }
  }
  for (const std::string& table : step.tables) job.inputs.push_back(table);
  return job;
}

std::string hash_of(const std::string& text) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  return fmt::format("{:08x}", compression::crc32c({bytes, text.size()}));
}

// A command is known by its words and by the content of the files that they name.
Job command_job(const FigureStep& step, const StepSettings& settings, const StepFolders& folders) {
  const std::vector<std::string> none;
  Job job;
  job.words = filled_in(step.command, settings.quick ? step.with_quick : none, settings, folders);
  for (const std::string& word : job.words) {
    job.inputs.push_back(hash_of(word));
    if (!fs::is_regular_file(word)) continue;
    const Result<std::string> content = results::read_text(word);
    if (!content) throw ConfigError(content.error().message);
    job.inputs.push_back(hash_of(content.value()));
  }
  return job;
}

// What it prints goes to the file, what it complains about to ours.
int run_own(const StepSettings& settings, std::vector<std::string> words, const fs::path& output) {
  Program program;
  program.words = std::move(words);
  program.words.insert(program.words.begin(), settings.program);
  program.prepare = [output] {
    const int file = open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) throw std::runtime_error(output.string() + ": cannot be written");
    dup2(file, STDOUT_FILENO);
  };
  return run_program(program);
}

// Points of other scenarios would be refused by the sweep.
void remove_other_sweep(const fs::path& work, const Job& job) {
  if (!fs::exists(work / "sweep.json")) return;
  const auto before = results::read_sweep_manifest(work);
  if (before) {
    const std::vector<std::string>& hashes = before.value().scenario_hashes;
    if (hashes.size() <= job.inputs.size() &&
        std::equal(hashes.begin(), hashes.end(), job.inputs.begin())) {
      return;
    }
  }
  fs::remove_all(work);
}

void copy_tables(const fs::path& from, const fs::path& to) {
  for (const auto& entry : fs::directory_iterator(from)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".csv" && extension != ".json") continue;
    fs::copy_file(entry.path(), to / entry.path().filename(), fs::copy_options::overwrite_existing);
  }
}

int run_sweep_job(const FigureStep& step, const Job& job, const StepSettings& settings,
                  const StepFolders& folders) {
  remove_other_sweep(folders.work, job);
  fs::create_directories(folders.work);
  std::vector<std::string> words = job.words;
  words.insert(words.end(),
               {"--jobs", std::to_string(settings.jobs), "--out", folders.work.string()});
  const int code = run_own(settings, words, folders.work / "printed.txt");
  if (code != 0) return code;
  fs::copy_file(folders.work / "sweep.csv", folders.results / "sweep.csv",
                fs::copy_options::overwrite_existing);
  for (const std::string& table : step.tables) {
    gather_tables(folders.work, table, folders.results / table);
  }
  return 0;
}

int run_command_job(const FigureStep& step, const Job& job, const StepSettings& settings,
                    const StepFolders& folders) {
  fs::create_directories(folders.work);
  const fs::path output =
      step.output.empty() ? folders.work / "printed.txt" : folders.results / step.output;
  return run_own(settings, job.words, output);
}

// With a README of its own: that of the folder has links relative to where it stands.
StepOutcome copy_folder(const Figure& figure, const FigureStep& step, const StepSettings& settings,
                        const StepFolders& folders) {
  const std::string from = (settings.here / step.folder).lexically_normal().string();
  if (!fs::is_directory(from)) {
    return {StepState::kAbsent, from + " is not there; `" + step.made_by + "` makes it"};
  }
  fs::create_directories(folders.results);
  copy_tables(from, folders.results);
  const auto written = results::replace_text(
      folders.results / "README.md",
      fmt::format("# {}: {}\n\n{}\n\n- Copied from `{}`, which has its origin; `{}` makes it.\n",
                  figure.title, step.name, figure.shows, from, step.made_by));
  if (!written) throw ConfigError(written.error().message);
  return {};
}

}  // namespace

StepOutcome run_step(const Figure& figure, const FigureStep& step, const StepSettings& settings,
                     const StepFolders& folders) {
  if (!step.folder.empty()) return copy_folder(figure, step, settings, folders);
  if (needs_traces(step) && settings.traces.empty()) {
    return {StepState::kAbsent, "needs recorded traces, --traces DIR"};
  }
  const bool is_sweep = !step.scenario.empty();
  const Job job =
      is_sweep ? sweep_job(step, settings, folders) : command_job(step, settings, folders);
  if (is_made_from(folders.results, job.inputs)) return {StepState::kKept, ""};
  fs::remove_all(folders.results);
  fs::create_directories(folders.results);
  const auto start = std::chrono::steady_clock::now();
  const int code = is_sweep ? run_sweep_job(step, job, settings, folders)
                            : run_command_job(step, job, settings, folders);
  if (code != 0) {
    return {StepState::kFailed,
            fmt::format("'{}' ended with {}", "acceptlab " + typed(job.words), code)};
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  write_record({figure.name, step.name, figure.title, figure.shows, "acceptlab " + typed(job.words),
                job.inputs, job.seeds,
                is_sweep ? revisions_of(folders.work) : std::vector<std::string>{source_revision()},
                settings.quick, wall.count()},
               folders.results);
  return {};
}

}  // namespace acceptlab::app
