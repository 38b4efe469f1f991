#include "app/device/device_cli.h"

namespace acceptlab::app {

namespace {

using Action = std::function<int()>;

constexpr const char* kKeysHelp = "folder of this device's keyring, see 'acceptlab keys new'";
constexpr const char* kPlainHelp =
    "without keys, for tests on one machine: listens on the loopback interface only, and is named "
    "so";

void add_keys_new(CLI::App& keys, KeysNewArguments& arguments, Action& action) {
  CLI::App* command =
      keys.add_subcommand("new", "make the keys of a device, or of several at once");
  command->add_option("DIR", arguments.directory, "folder that gets keyring.toml")->required();
  CLI::Option* name = command->add_option("--name", arguments.name, "of the device");
  CLI::Option* names =
      command
          ->add_option("--names", arguments.names,
                       "of devices that know each other: each gets a folder DIR/<name>, to be "
                       "copied there and deleted here")
          ->delimiter(',')
          ->excludes(name);
  command->callback([&arguments, &action, name, names] {
    if (name->count() + names->count() == 0) throw CLI::RequiredError("--name or --names");
    action = [&arguments] { return keys_new_command(arguments); };
  });
}

void add_keys(CLI::App& app, DeviceArguments& arguments, Action& action) {
  CLI::App* keys = app.add_subcommand("keys", "keys that real devices prove themselves with");
  keys->require_subcommand(1);
  add_keys_new(*keys, arguments.keys_new, action);
  CLI::App* trust = keys->add_subcommand("trust", "add another device's public key to a keyring");
  trust->add_option("DIR", arguments.directory, kKeysHelp)->required();
  trust->add_option("NAME", arguments.name, "of the other device")->required();
  trust->add_option("KEY", arguments.public_key, "its public key")->required();
  trust->callback([&] {
    action = [&] {
      return keys_trust_command(arguments.directory, arguments.name, arguments.public_key);
    };
  });
  CLI::App* show = keys->add_subcommand("show", "print the public keys of a keyring");
  show->add_option("DIR", arguments.directory, kKeysHelp)->required();
  show->callback([&] { action = [&] { return keys_show_command(arguments.directory); }; });
}

void add_worker(CLI::App& app, WorkerArguments& arguments, Action& action) {
  CLI::App* command = app.add_subcommand("worker", "train on this device for a central node");
  command->add_option("--listen", arguments.listen, "address to listen at, tcp://HOST:PORT")
      ->required();
  CLI::Option* keys = command->add_option("--keys", arguments.keys, kKeysHelp);
  command->add_option("--insecure-loopback", arguments.plain_name, kPlainHelp)
      ->type_name("NAME")
      ->excludes(keys);
  command->add_flag("--once", arguments.once, "end after one training");
  command->callback([&] { action = [&] { return worker_command(arguments); }; });
}

void add_train(CLI::App& app, TrainArguments& arguments, Action& action) {
  CLI::App* command = app.add_subcommand("train", "train on real devices, as their central node");
  command->add_option("SCENARIO", arguments.scenario, "scenario file (TOML)")->required();
  command->add_option("--set", arguments.set, "override a scenario key; may be given several times")
      ->type_name("KEY=VALUE")
      ->take_all();
  command
      ->add_option("--cluster", arguments.cluster,
                   "file with [[devices]], each a name and the address it listens at, in the "
                   "scenario's order; this one first")
      ->required();
  CLI::Option* keys = command->add_option("--keys", arguments.keys, kKeysHelp);
  command->add_option("--insecure-loopback", arguments.plain_name, kPlainHelp)
      ->type_name("NAME")
      ->excludes(keys);
  command->add_option("--listen", arguments.listen,
                      "address to listen at, where it is not the cluster's");
  command->add_option("--out", arguments.out, "run folder to make (default: runs/<name>)");
  command->add_option("--resume", arguments.resume,
                      "go on from a checkpoint: a file in RUN/checkpoints");
  command->add_flag("--force", arguments.force, "replace the run folder --out if it exists");
  command->footer(
      "Devices, links and plan are measured and made before training; slowdowns and networks of\n"
      "the scenario are what the real ones are. The run folder is like that of 'acceptlab run'.");
  command->callback([&] { action = [&] { return train_command(arguments); }; });
}

void add_emulate_from(CLI::App& app, EmulateFromArguments& arguments, Action& action) {
  CLI::App* command = app.add_subcommand(
      "emulate-from", "emulate a run on real devices, with the profiles and links measured there");
  command->add_option("RUN", arguments.run, "run folder of 'acceptlab train'")->required();
  command->add_option("--out", arguments.out, "run folder to make (default: runs/<name>)");
  add_stage_times(*command, arguments.stage_times);
  command->add_flag("!--no-numerics", arguments.numerics, "times and sizes only, no tensors");
  command->add_flag("--force", arguments.force, "replace the run folder --out if it exists");
  command->callback([&] { action = [&] { return emulate_from_command(arguments); }; });
}

}  // namespace

void add_stage_times(CLI::App& command, std::string& times) {
  command
      .add_option("--stage-times", times,
                  "what stages take in the emulation: every mini-batch what it took for real, the "
                  "mean of those before the steady state, or what profiles say")
      ->check(CLI::IsMember({kTimesOfTraining, kTimesOfWarmup, kTimesOfProfile}))
      ->capture_default_str();
}

void add_device_commands(CLI::App& app, DeviceArguments& arguments, Action& action) {
  add_keys(app, arguments, action);
  add_worker(app, arguments.worker, action);
  add_train(app, arguments.train, action);
  add_emulate_from(app, arguments.emulate_from, action);
}

}  // namespace acceptlab::app
