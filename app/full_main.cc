#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "app/codec_cli.h"
#include "app/commands.h"
#include "app/completion_cli.h"
#include "app/device/device_cli.h"
#include "app/plan/plan_cli.h"
#include "app/plan_scenario.h"
#include "app/predictor/predictor_cli.h"
#include "app/process.h"
#include "app/provenance.h"
#include "app/report_cli.h"
#include "app/revision.h"
#include "app/testbed_cli.h"
#include "runtime/device/kept_memory.h"
#include "runtime/torch/model.h"

namespace {

using namespace acceptlab::app;  // NOLINT(google-build-using-namespace): the composition root

constexpr const char* kSetHelp =
    "override a scenario key, e.g. --set network.delay_ms=5; may be given several times";

using Action = std::function<int()>;

void add_init(CLI::App& app, InitArguments& arguments, Action& action) {
  CLI::App* command =
      app.add_subcommand("init", "write a scenario to start from, with every key explained");
  command->add_option("FILE", arguments.file, "file to write")->capture_default_str();
  command->add_flag("--force", arguments.force, "replace the file if it exists");
  command->callback([&] { action = [&] { return init_command(arguments); }; });
}

void add_run(CLI::App& app, RunArguments& arguments, Action& action) {
  CLI::App* command = app.add_subcommand("run", "train once on emulated devices and links");
  command->add_option("SCENARIO", arguments.scenario, "scenario file (TOML)")->required();
  command->add_option("--set", arguments.set, kSetHelp)->type_name("KEY=VALUE")->take_all();
  command->add_option("--out", arguments.out, "run folder to make (default: runs/<name>)");
  command->add_option("--resume", arguments.resume,
                      "go on from a checkpoint: a file in RUN/checkpoints");
  command->add_flag("--force", arguments.force, "replace the run folder --out if it exists");
  command->footer("Every scenario key, with its unit and default: acceptlab schema");
  command->callback([&] { action = [&] { return run_command(arguments); }; });
}

void add_sweep(CLI::App& app, SweepArguments& arguments, Action& action) {
  CLI::App* command = app.add_subcommand("sweep", "train at every point of the grid under [sweep]");
  command->add_option("SCENARIO", arguments.scenario, "scenario file (TOML) with a [sweep]")
      ->required();
  command->add_option("--set", arguments.set, kSetHelp)->type_name("KEY=VALUE")->take_all();
  command->add_option("--out", arguments.out,
                      "sweep folder (default: runs/<file name>); finished points in it are kept");
  command->add_option("--jobs", arguments.jobs, "points at once (default: one a core)")
      ->check(CLI::Range(1, 1024));
  command
      ->add_option("--shard", arguments.shard,
                   "i/n: only every n-th point, from the i-th on; 'acceptlab merge' puts n such "
                   "folders together")
      ->type_name("I/N");
  command->add_flag("--force", arguments.force, "redo finished points");
  command->footer(
      "Interrupt it when you like: started again, it goes on with the points that are missing.\n"
      "Every scenario key, with its unit and default: acceptlab schema");
  command->callback([&] { action = [&] { return sweep_command(arguments); }; });
}

void add_merge(CLI::App& app, MergeArguments& arguments, Action& action) {
  CLI::App* command =
      app.add_subcommand("merge", "put the shards of a sweep together as one sweep folder");
  command->add_option("FOLDER", arguments.shards, "every shard's folder")->required();
  command->add_option("--out", arguments.out, "sweep folder to make")->required();
  command->footer(
      "Refused where shards are of different scenarios or revisions, or points are "
      "missing or in two of them.");
  command->callback([&] { action = [&] { return merge_command(arguments); }; });
}

void add_show(CLI::App& app, std::string& folder, Action& action) {
  CLI::App* command = app.add_subcommand("show", "print a run or sweep folder as tables");
  command->add_option("FOLDER", folder, "run or sweep folder")->required();
  command->callback([&] { action = [&] { return show_command(folder); }; });
}

void add_plot(CLI::App& app, PlotArguments& arguments, Action& action) {
  CLI::App* command = app.add_subcommand("plot", "draw a run or sweep folder as SVG and PNG");
  command->add_option("FOLDER", arguments.folder, "run or sweep folder")->required();
  command->add_option("--out", arguments.out, "folder for the figures (default: FOLDER/plots)");
  command->callback([&] { action = [&] { return plot_command(arguments); }; });
}

void add_figures(CLI::App& app, FiguresArguments& arguments, Action& action) {
  CLI::App* command = app.add_subcommand(
      "figures", "make the figures of the paper's experiments: train, measure, and draw");
  command->add_option("NAME", arguments.names, "figures to make (default: all)");
  command->add_flag("--list", arguments.only_list, "say which figures there are");
  command->add_flag(
      "--quick", arguments.quick,
      "fewer points and shorter training: all figures within 15 minutes on two cores");
  command->add_option("--out", arguments.out,
                      "folder for steps, results and plots (default: runs/paper, with --quick "
                      "runs/paper_quick); what is finished in it is kept");
  command
      ->add_option("--traces", arguments.traces,
                   "folder of recorded bandwidth traces in mahimahi's format")
      ->type_name("DIR");
  command
      ->add_option("--from", arguments.list,
                   "list of figures (default: scenarios/paper/figures.toml)")
      ->type_name("FILE.toml");
  command->add_option("--jobs", arguments.jobs, "points at once (default: one a core)")
      ->check(CLI::Range(1, 1024));
  command->footer(
      "Interrupt it when you like: started again, it goes on with what is missing. A step is done\n"
      "again where its scenario, or a file that it names, has changed.");
  command->callback([&] { action = [&] { return figures_command(arguments); }; });
}

void add_profile_dials(CLI::App& command, ProfileArguments& arguments) {
  command.add_option("--threads", arguments.threads, "threads that compute")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
  command.add_flag("!--no-onednn", arguments.onednn, "compute without oneDNN");
  command
      .add_option("--clock", arguments.clock,
                  "cpu (time of the computing thread) or wall; auto: wall with several threads or "
                  "under a CPU quota, else cpu")
      ->transform(CLI::CheckedTransformer(std::map<std::string, ClockChoice>{
          {"auto", ClockChoice::kAuto}, {"cpu", ClockChoice::kCpu}, {"wall", ClockChoice::kWall}}))
      ->default_str("auto");
  command.add_option("--device", arguments.device, "what is measured, as text for the profile");
}

void add_profile(CLI::App& app, ProfileArguments& arguments, Action& action) {
  CLI::App* command = app.add_subcommand(
      "profile",
      "measure on this host what every sub-model of a model takes, as a device profile\n"
      "An interrupted measurement goes on where it was when it is started again.");
  command->add_option("--model", arguments.model, "which network")
      ->capture_default_str()
      ->check(CLI::IsMember(acceptlab::torch_stage::model_names()));
  command->add_option("--width", arguments.width, "width multiplier")->capture_default_str();
  command->add_option("--classes", arguments.classes, "classes to tell apart")
      ->capture_default_str()
      ->check(CLI::Range(2, 256));
  command->add_option("--batch", arguments.batch, "samples in a mini-batch")
      ->capture_default_str()
      ->check(CLI::Range(1, 65536));
  CLI::Option* probes = command->add_flag_callback(
      "--probes", [&arguments] { arguments.scope = ProfileScope::kProbes; },
      "only the 10 sub-models that describe a device to the predictor");
  command
      ->add_flag_callback(
          "--units", [&arguments] { arguments.scope = ProfileScope::kUnits; },
          "only single units, as they run within the whole model")
      ->excludes(probes);
  command
      ->add_option("--rounds", arguments.rounds,
                   "samples of every sub-model, to take the median of; each round goes over all")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command
      ->add_option("--sample-ms", arguments.sample_ms,
                   "a sample sums up runs that take this long together: their median, under a CPU "
                   "quota their mean")
      ->capture_default_str()
      ->check(CLI::Range(1, 60000));
  command
      ->add_option("--repetitions", arguments.repetitions,
                   "training steps in which single units are timed, to take the median of")
      ->capture_default_str()
      ->check(CLI::Range(1, 10000));
  command->add_flag("!--no-codecs", arguments.codecs, "leave out the speeds of codecs");
  add_profile_dials(*command, arguments);
  command->add_option("--out", arguments.out, "JSON file to write")->required();
  command->callback([&] { action = [&] { return profile_command(arguments); }; });
}

}  // namespace

int main(int argc, char** argv) {
  acceptlab::keep_freed_memory();
  CLI::App app{
      "Testbed for edge pipeline-parallel training: real models on real data, computed by\n"
      "LibTorch, on emulated devices and links.",
      "acceptlab"};
  app.set_version_flag("--version", "acceptlab " + std::string(acceptlab::app::kVersion) + " (" +
                                        acceptlab::app::kRevision + ")");
  app.require_subcommand(1);
  std::vector<std::string> words(argv, argv + argc);
  words[0] = "acceptlab";
  const std::string command_line = typed(words);
  InitArguments init;
  RunArguments run;
  SweepArguments sweep;
  DeviceArguments device;
  run.command_line = sweep.command_line = command_line;
  device.train.command_line = device.emulate_from.command_line = command_line;
  MergeArguments merge;
  std::string show_folder;
  PlotArguments plot;
  FiguresArguments figures;
  ReportArguments report;
  ProfileArguments profile;
  CodecArguments codec;
  PlanArguments plan;
  PredictorArguments predictor;
  TestbedArguments testbed;
  Action action;
  add_init(app, init, action);
  add_run(app, run, action);
  add_sweep(app, sweep, action);
  add_merge(app, merge, action);
  add_show(app, show_folder, action);
  add_plot(app, plot, action);
  add_figures(app, figures, action);
  add_report(app, report, action);
  add_profile(app, profile, action);
  add_codec(app, codec, action);
  add_predictor(app, predictor, action);
  add_plan(app, plan, action, scenario_problem);
  add_device_commands(app, device, action);
  add_testbed(app, testbed, action);
  app.add_subcommand("schema", "print every scenario key with type, unit, default and meaning")
      ->callback([&] { action = [] { return schema_command(); }; });
  std::string shell;
  add_completion(app, shell, action);

  return run_cli(app, argc, argv, action);
}
