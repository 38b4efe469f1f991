#include <cstdio>
#include <filesystem>
#include <thread>

#include "app/commands.h"
#include "app/figures/figure_list.h"
#include "app/figures/figure_step.h"
#include "app/interrupts.h"
#include "app/plan/plot_program.h"
#include "app/testbed_run.h"
#include "results/json_object.h"
#include "results/text_file.h"
#include "results/text_table.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

namespace fs = std::filesystem;

constexpr const char* kList = "scenarios/paper/figures.toml";

// The list in the working directory where there is one, else that of the sources.
fs::path list_file(const std::string& given) {
  if (!given.empty()) return given;
  return fs::exists(kList) ? fs::path(kList) : fs::path(ACCEPTLAB_SOURCE_FOLDER) / kList;
}

void print_list(const std::vector<Figure>& figures) {
  results::TextTable table({"figure", "title", "steps"});
  for (const Figure& figure : figures) {
    std::string steps;
    for (const FigureStep& step : figure.steps) steps += (steps.empty() ? "" : " ") + step.name;
    table.row({figure.name, figure.title, steps});
  }
  std::printf("%s", table.render().c_str());
}

const char* word_of(StepState state) {
  switch (state) {
    case StepState::kDone:
      return "done";
    case StepState::kKept:
      return "kept";
    case StepState::kAbsent:
      return "absent";
    case StepState::kFailed:
      break;
  }
  return "failed";
}

// The steps of some figures, then the figures.
class FigureRun {
 public:
  FigureRun(const FiguresArguments& arguments, std::vector<Figure> figures, const fs::path& list)
      : figures_(std::move(figures)), out_(arguments.out), quick_(arguments.quick) {
    if (out_.empty()) out_ = quick_ ? "runs/paper_quick" : "runs/paper";
    settings_.here = list.parent_path();
    settings_.traces = arguments.traces;
    settings_.quick = quick_;
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    settings_.jobs = arguments.jobs > 0 ? arguments.jobs : (cores > 0 ? cores : 1);
    settings_.program = own_program();
  }

  int run() {
    const InterruptGuard interrupts;
    bool complete = true;
    for (std::size_t f = 0; f < figures_.size() && !interrupts.interrupted(); ++f) {
      std::fprintf(stderr, "figure %zu of %zu: %s\n", f + 1, figures_.size(),
                   figures_[f].name.c_str());
      complete = run_figure(figures_[f], interrupts) && complete;
    }
    if (interrupts.interrupted()) {
      std::fprintf(
          stderr,
          "interrupted: what is finished is kept; the same command goes on with the rest\n");
      return 1;
    }
    std::printf("data: %s\nfigures: %s\n", results().c_str(), (out_ / "plots").c_str());
    return complete ? 0 : 1;
  }

 private:
  fs::path results() const { return out_ / "results"; }

  bool run_figure(const Figure& figure, const InterruptGuard& interrupts) {
    bool complete = true;
    nlohmann::ordered_json steps = nlohmann::ordered_json::array();
    for (const FigureStep& step : figure.steps) {
      const fs::path inside = fs::path(figure.name) / step.name;
      const StepOutcome outcome =
          run_step(figure, step, settings_, {out_ / "steps" / inside, results() / inside});
      if (interrupts.interrupted()) return false;
      std::fprintf(stderr, "  %s: %s%s\n", step.name.c_str(), word_of(outcome.state),
                   outcome.note.empty() ? "" : (": " + outcome.note).c_str());
      steps.push_back(
          {{"name", step.name},
           {"there", outcome.state == StepState::kDone || outcome.state == StepState::kKept},
           {"note", outcome.note}});
      complete = complete && outcome.state != StepState::kFailed;
    }
    describe(figure, steps);
    return draw(figure) && complete;
  }

  // What the plotting program knows of the figure.
  void describe(const Figure& figure, const nlohmann::ordered_json& steps) const {
    const nlohmann::ordered_json json = {{"format", "acceptlab-figure"},
                                         {"version", 1},
                                         {"name", figure.name},
                                         {"title", figure.title},
                                         {"shows", figure.shows},
                                         {"quick", quick_},
                                         {"steps", steps}};
    const fs::path file = results() / figure.name / "figure.json";
    fs::create_directories(file.parent_path());
    const auto written = results::replace_text(file, results::dump_json(json));
    if (!written) throw ConfigError(written.error().message);
  }

  bool draw(const Figure& figure) const {
    return run_plot({(results() / figure.name).string(), "--out", (out_ / "plots").string()}) == 0;
  }

  std::vector<Figure> figures_;
  fs::path out_;
  bool quick_;
  StepSettings settings_;
};

}  // namespace

int figures_command(const FiguresArguments& arguments) {
  const fs::path list = list_file(arguments.list);
  const std::vector<Figure> figures = chosen_figures(read_figures(list), arguments.names);
  if (arguments.only_list) {
    print_list(figures);
    return 0;
  }
  if (!arguments.traces.empty() && !fs::is_directory(arguments.traces)) {
    throw ConfigError("--traces: " + arguments.traces + " is no folder");
  }
  return FigureRun(arguments, figures, list).run();
}

}  // namespace acceptlab::app
