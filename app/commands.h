#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What each sub-command of `acceptlab` does once its arguments are parsed. All return the exit
// code and throw ConfigError on wrong input.
namespace acceptlab::app {

struct RunArguments {
  std::string scenario;
  std::vector<std::string> set;  // key=value
  std::string out;               // empty: runs/<name>
  std::string resume;            // checkpoint; empty: from the beginning
  bool force = false;
  std::string command_line;
};
int run_command(const RunArguments& arguments);

struct SweepArguments {
  std::string scenario;
  std::vector<std::string> set;
  std::string out;
  int jobs = 0;  // 0: one a core
  bool force = false;
  std::string shard = "1/1";  // i/n: only every n-th point, from the i-th on
  std::string command_line;
};
int sweep_command(const SweepArguments& arguments);

struct MergeArguments {
  std::vector<std::string> shards;  // folders
  std::string out;
};
int merge_command(const MergeArguments& arguments);

int show_command(const std::string& folder);

struct TestbedHostArguments {
  std::string processors;  // empty: one of each core
  bool overcommit = false;
};

struct TestbedRunArguments {
  std::string scenario;
  std::vector<std::string> set;
  std::string out;  // empty: runs/<name>
  bool force = false;
  TestbedHostArguments host;
};
int testbed_run_command(const TestbedRunArguments& arguments);

// Which times of a real run its emulation computes with: of the mini-batches of its steady state,
// of those before, or of the profiles that were measured before training.
inline constexpr const char* kTimesOfTraining = "training";
inline constexpr const char* kTimesOfWarmup = "warmup";
inline constexpr const char* kTimesOfProfile = "profile";

struct ValidateArguments {
  std::vector<std::string> scenarios;
  std::vector<std::string> set;
  std::string out;  // empty: runs/<name of the first file>
  bool emulate_again = false;
  std::string stage_times = kTimesOfTraining;
  TestbedHostArguments host;
};
int validate_command(const ValidateArguments& arguments);

struct PlotArguments {
  std::string folder;
  std::string out;  // empty: <folder>/plots
};
int plot_command(const PlotArguments& arguments);

struct FiguresArguments {
  std::vector<std::string> names;  // none: all
  bool only_list = false;
  bool quick = false;
  std::string out;     // empty: runs/paper, with quick runs/paper_quick
  std::string traces;  // folder of recorded traces; empty: none
  std::string list;    // empty: scenarios/paper/figures.toml
  int jobs = 0;        // 0: one a core
};
int figures_command(const FiguresArguments& arguments);

struct KeysNewArguments {
  std::string directory;
  std::string name;                // of the one device
  std::vector<std::string> names;  // or of several that know each other, each in a folder below
};
int keys_new_command(const KeysNewArguments& arguments);
int keys_trust_command(const std::string& directory, const std::string& name,
                       const std::string& public_key);
int keys_show_command(const std::string& directory);

struct WorkerArguments {
  std::string listen;      // tcp://HOST:PORT
  std::string keys;        // directory of a keyring
  std::string plain_name;  // or the name of a device without keys
  bool once = false;       // ends after one session
};
int worker_command(const WorkerArguments& arguments);

struct TrainArguments {
  std::string scenario;
  std::vector<std::string> set;
  std::string cluster;
  std::string keys;
  std::string plain_name;
  std::string listen;  // empty: the cluster's address of the central node
  std::string out;     // empty: runs/<name>
  std::string resume;  // checkpoint; empty: from the beginning
  bool force = false;
  std::string command_line;
};
int train_command(const TrainArguments& arguments);

struct EmulateFromArguments {
  std::string run;  // folder of a real run
  std::string out;
  std::string stage_times = kTimesOfTraining;
  bool numerics = true;
  bool force = false;
  std::string command_line;
};
int emulate_from_command(const EmulateFromArguments& arguments);

enum class ProfileScope { kAll, kProbes, kUnits };
enum class ClockChoice { kAuto, kCpu, kWall };

struct ProfileArguments {
  std::string model = "mobilenetv2";
  double width = 1.0;
  int classes = 10;
  int batch = 32;
  int repetitions = 10;  // of the steps that units are timed in
  int rounds = 3;        // over all sub-models
  int sample_ms = 10;
  ProfileScope scope = ProfileScope::kAll;
  int threads = 1;
  bool onednn = true;
  bool codecs = true;
  ClockChoice clock = ClockChoice::kAuto;
  std::string device;  // free text
  std::string out;
};
int profile_command(const ProfileArguments& arguments);

int schema_command();

struct InitArguments {
  std::string file = "scenario.toml";
  bool force = false;  // replace it
};
int init_command(const InitArguments& arguments);

// The options that choose a codec; what is not set was not given.
struct CodecChoice {
  std::string codec;   // a name as in scenarios; excludes all but group and seed
  std::string scheme;  // or this and the options below
  std::optional<int> bits;
  std::optional<std::string> fit;
  std::optional<int> cycles;
  std::optional<bool> offset;
  std::optional<std::string> range;
  std::optional<int> group;
  std::optional<std::uint64_t> seed;
  bool zeros = false;
  bool lossless = false;
};

struct CodecEncodeArguments {
  std::string in;
  std::string out;
  CodecChoice choice;
  std::string non_finite = "error";  // or "replace"
};
int codec_encode_command(const CodecEncodeArguments& arguments);

struct CodecDecodeArguments {
  std::string in;
  std::string out;
};
int codec_decode_command(const CodecDecodeArguments& arguments);

struct CodecInspectArguments {
  std::string file;
  bool json = false;
};
int codec_inspect_command(const CodecInspectArguments& arguments);

struct CodecCompareArguments {
  std::string reference;
  std::string other;
  bool json = false;
};
int codec_compare_command(const CodecCompareArguments& arguments);

struct CodecTableArguments {
  std::string file;
  bool all = false;
  bool json = false;
  bool csv = false;
};
int codec_table_command(const CodecTableArguments& arguments);

}  // namespace acceptlab::app
