#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/base/result.h"

// What a partition is chosen by. Times are microseconds for one mini-batch, sizes are bytes, both
// as doubles: no solver adds up what another adds up otherwise, so equal plans have equal times to
// the last bit.
namespace acceptlab::partition {

enum class Mode {
  kFixedAll,   // devices in the given order, every one with a stage
  kFixedSkip,  // in the given order, some may be left out
  kFree,       // any order, some may be left out
};

enum class Objective {
  kBottleneck,  // asynchronous 1F1B: the largest time of a stage or link, the time of a mini-batch
  kMakespan,    // GPipe: the time of one mini-batch cut into micro-batches
};

enum class Duplex {
  kHalf,  // a link is busy with one direction at a time: its times add up
  kFull,  // both at once: the longer one counts
};

// What a stage keeps for mini-batches between their forward and backward pass.
enum class Stash {
  kNone,         // not counted
  kActivations,  // GPipe: the activations of one mini-batch
  kPerStage,     // 1F1B: activations, and versions of the weights, of as many mini-batches as there
                 // are stages from this one to the last
};

struct UnitTime {
  double forward_us = 0.0;
  double backward_us = 0.0;
};

struct Unit {
  std::string name;
  UnitTime time;                  // on a device of factor 1
  double activation_bytes = 0.0;  // what crosses a cut after the unit, forward, uncompressed
  double gradient_bytes = 0.0;    // and backward; of the last unit neither counts
  double parameter_bytes = 0.0;
  double stash_bytes = 0.0;  // kept of a mini-batch from its forward to its backward pass
  double update_us = 0.0;    // optimizer step on a device of factor 1; only with_times() reads it
};

struct Device {
  std::string name;
  double time_factor = 1.0;          // multiplies the units' times; not those of the two below
  std::vector<UnitTime> unit_times;  // [units], this device's own; empty: units' times * factor
  // [first * units + last] for first <= last (other entries unused): times of whole sub-models,
  // as a predictor gives them. Empty: the sums of the units' times.
  std::vector<UnitTime> sub_model_times;
  std::optional<double> bandwidth_bytes_per_s;  // of its own link to the others; unset: no limit
  double latency_us = 0.0;                      // of its own link
  std::optional<double> memory_bytes;           // unset: no limit
  double codec_time_factor = 1.0;               // multiplies the times of Codec
};

// One way. Device pairs where not each has its own link to a common network.
struct Link {
  std::optional<double> bandwidth_bytes_per_s;  // unset: no limit
  double latency_us = 0.0;
};

// At each end of a link, for a byte before compression, on a device of factor 1.
struct CodecTime {
  double encode_us_per_byte = 0.0;
  double decode_us_per_byte = 0.0;
};

// A way to make what crosses a cut smaller: `bytes / ratio`.
struct Codec {
  std::string name;
  double activation_ratio = 1.0;
  double gradient_ratio = 1.0;
  CodecTime activation_time;
  CodecTime gradient_time;
  double quality_cost = 0.0;  // of one cut that uses it, in any unit
};

struct Problem {
  std::vector<Unit> units;
  std::vector<Device> devices;
  std::vector<std::vector<Link>> links;  // [from][to]; empty: every device has its own link
  std::vector<Codec> codecs;             // one is chosen for each cut; empty: nothing is compressed

  Mode mode = Mode::kFixedSkip;
  Objective objective = Objective::kBottleneck;
  Duplex duplex = Duplex::kHalf;
  Stash stash = Stash::kNone;
  double memory_factor = 4.0;  // weights, gradients and optimizer, as a multiple of parameter bytes
  int micro_batches = 1;       // of kMakespan
  // The first stage must be on devices[0]: it holds the data.
  bool first_device_is_fixed = false;
  std::optional<double> quality_budget;  // largest sum of the cuts' quality costs; unset: no limit
  // kBottleneck: of all plans that take at most this share longer than the fastest, the one of the
  // least quality cost is chosen, of those the fastest. 0: the least bottleneck comes first.
  double time_tolerance = 0.0;

  int unit_count() const { return static_cast<int>(units.size()); }
  int device_count() const { return static_cast<int>(devices.size()); }
};

// Why the problem makes no sense: a kConfig error with field, index and value; nothing where it
// does. Sums of times stay finite in a problem without error.
std::optional<Error> check(const Problem& problem);

// Words of the JSON files and of scenarios: "fixed_all", "bottleneck", "half", "per_stage"...
const char* to_string(Mode mode);
const char* to_string(Objective objective);
const char* to_string(Duplex duplex);
const char* to_string(Stash stash);

}  // namespace acceptlab::partition
