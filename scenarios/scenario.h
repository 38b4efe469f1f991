#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// One experiment as typed, defaulted fields. The defaults here are the defaults of the files; the
// ranges and the help text of every key are in scenarios/schema.cc.
namespace acceptlab::scenarios {

// A named method sets keys of [schedule], [partition], [codec] and [adaptation]: see
// scenarios/methods.h.
enum class Method {
  kSingle,
  kEven,
  kPipedream,
  kFtpipehd,
  kFtpipehdCodec,
  kAccept,
  kAcceptNoCodec,
  kAcceptNoPredictor,
  kCustom
};

enum class ScheduleKind { k1f1b, kGpipe, kSingle };
enum class WeightPolicy { kStash, kReplicas };
enum class Solver { kDp, kEven, kGiven };
enum class TimeSource { kProfile, kCapacity, kEqual, kPredictor };
enum class DeviceOrder { kFixedSkip, kFixedAll, kFree };
enum class PlanObjective { kBottleneck, kMakespan };
enum class NetworkModel { kPacket, kMessage };
enum class BandwidthKind { kConstant, kSteps, kMarkov, kRandomWalk, kTrace };
enum class CostSource { kMeasured, kProfile };
enum class ActivationFeedback { kNone, kDelta };
enum class GradientFeedback { kNone, kError };
enum class FaultKind { kKill, kPause, kRestart, kLinkDown, kBandwidth, kCorrupt };

// From time_s (virtual, from the start of the run) on, value holds.
struct Step {
  double time_s = 0.0;
  double value = 0.0;
};

struct ModelSettings {
  std::string name = "mobilenetv2";
  double width = 1.0;
  int classes = 10;
};

struct DataSettings {
  std::string set = "fashion-mnist";
  std::string directory;           // empty: where the system installs the data set
  std::int64_t train_samples = 0;  // 0: all
  std::int64_t test_samples = 0;   // 0: all
};

struct TrainingSettings {
  int epochs = 1;
  int batch_samples = 32;         // of a mini-batch
  int max_batches_per_epoch = 0;  // 0: all
  int micro_batches = 1;          // per mini-batch
  double learning_rate = 0.05;
  double momentum = 0.9;
  double weight_decay = 5e-4;
  std::vector<int> lr_milestones;  // after how many epochs the rate falls
  double lr_factor = 0.1;
  bool evaluate = true;
  int evaluation_batch_samples = 100;
  int checkpoint_every_epochs = 0;  // 0: never
};

struct ScheduleSettings {
  ScheduleKind kind = ScheduleKind::k1f1b;
  WeightPolicy weights = WeightPolicy::kStash;
  int aggregate_every_batches = 20;
};

struct PartitionSettings {
  Solver solver = Solver::kDp;
  std::vector<int> cuts;  // last unit, counted from 1, of every stage but the last
  TimeSource times = TimeSource::kProfile;
  std::string predictor;  // kPredictor: absolute path of its file
  DeviceOrder mode = DeviceOrder::kFixedSkip;
  PlanObjective objective = PlanObjective::kBottleneck;
  double memory_factor = 4.0;  // memory of a stage, as a multiple of its parameter bytes
};

// Repartition during a run.
struct AdaptationSettings {
  bool enabled = false;
  std::vector<int> replan_at_batches = {10, 100};  // of the run
  int replan_every_batches = 0;                    // after the last of those; 0: no more
  double min_gain = 0.1;                           // share of the time per batch
  double hysteresis_factor = 2.0;                  // gain until the end over cost of moving
};

// Replication, and what happens where a device is lost.
struct RecoverySettings {
  bool enabled = false;
  int replicate_every_batches = 100;     // of the run
  int central_copy_every_batches = 200;  // a multiple of it
  double batch_deadline_s = 30.0;        // without another mini-batch done, devices are probed
  double probe_timeout_s = 5.0;          // a device that has not answered by then is lost
};

// Something that goes wrong during a run.
struct Fault {
  FaultKind kind = FaultKind::kKill;
  std::optional<double> at_s;  // virtual; unset: at_batch
  int at_batch = 0;            // once so many mini-batches of the run are done; 0: at_s
  int device = 0;              // kKill, kPause, kRestart
  int from = 0;                // kLinkDown and kBandwidth: both directions; kCorrupt: from -> to
  int to = 0;
  double duration_s = 5.0;  // all but kKill and kCorrupt
  double factor = 0.01;     // kBandwidth: what is left of it
};

// Codecs are named as CodecSpec::name() prints them: none, fp16, suq8, mbq4-greedy...
struct CodecSettings {
  std::string forward = "none";
  std::string backward = "none";
  // Of each cut and way one is chosen, at the start and whenever the plan is reconsidered. Empty:
  // `forward` and `backward`. No choice backward without one forward.
  std::vector<std::string> forward_choices;
  std::vector<std::string> backward_choices;
  double time_tolerance = 0.02;  // share of the time per batch given up for quality
  int group_values = 0;          // float32 values that share scales; 0: the codec's own choice
  ActivationFeedback activation_feedback = ActivationFeedback::kNone;
  GradientFeedback gradient_feedback = GradientFeedback::kNone;
  double delta_memory_mb = 2000.0;  // most that kDelta may keep in all; MB of 10^6 bytes

  bool is_chosen() const { return !forward_choices.empty(); }
};

struct Device {
  std::string name;                  // empty in a file: "device<index>"
  double slowdown = 1.0;             // compute time, as a multiple of the reference's
  std::vector<Step> slowdown_steps;  // further factors on top of slowdown; 1 before the first
  std::optional<double> memory_mb;   // MB of 10^6 bytes; unset: unlimited
  std::string profile;               // absolute path of a device profile; empty: cost.profile
};

// One direction of a link.
struct LinkSettings {
  BandwidthKind bandwidth_model = BandwidthKind::kConstant;
  double bandwidth_mbit_s = 100.0;  // of kConstant; where kRandomWalk starts
  std::vector<Step> steps;          // kSteps: Mbit/s; the first is at time 0
  double steps_period_s = 0.0;      // kSteps: repeat after this time; 0: the last rate holds
  double markov_good_mbit_s = 100.0;
  double markov_bad_mbit_s = 10.0;
  double markov_good_mean_s = 10.0;
  double markov_bad_mean_s = 5.0;
  double walk_min_mbit_s = 1.0;
  double walk_max_mbit_s = 100.0;
  double walk_interval_s = 1.0;
  double walk_step = 0.2;  // largest relative change in one interval
  std::string trace;       // kTrace: absolute path
  int trace_bin_ms = 100;  // kTrace, mahimahi format: width of the averaging window
  double delay_ms = 1.0;   // propagation, one way
  double loss_rate = 0.0;  // of packets
  int queue_packets = 0;   // of the sending device; 0: never drops
};

// A link whose settings differ from the network's default.
struct LinkOverride {
  int from = 0;
  int to = 0;
  bool both = true;  // holds for to -> from as well
  LinkSettings link;
};

struct NetworkSettings {
  NetworkModel model = NetworkModel::kPacket;
  int segment_bytes = 1448;      // TCP payload of a packet
  double stall_limit_s = 300.0;  // virtual time without any progress after which a run fails
  LinkSettings link;             // of every direction of every link not listed in `links`
  std::vector<LinkOverride> links;

  // Settings of the direction from -> to.
  const LinkSettings& direction(int from, int to) const;
};

struct CostSettings {
  CostSource source = CostSource::kMeasured;
  std::string profile;   // absolute path of the central node's device profile; may be empty
  bool numerics = true;  // false: sizes and times only, no tensors
};

struct ResultSettings {
  int timeline_batches = 100;  // spans of the first batches that are written to the timeline
  int warmup_batches = 5;      // first batches left out of steady-state figures
};

struct Scenario {
  std::string name = "unnamed";
  std::int64_t seed = 1;
  Method method = Method::kCustom;
  ModelSettings model;
  DataSettings data;
  TrainingSettings training;
  ScheduleSettings schedule;
  PartitionSettings partition;
  AdaptationSettings adaptation;
  RecoverySettings recovery;
  CodecSettings codec;
  std::vector<Device> devices;  // device 0 is the central node
  NetworkSettings network;
  CostSettings cost;
  ResultSettings results;
  std::vector<Fault> faults;

  // Any device may become another's neighbour during the run.
  bool plan_may_change() const { return adaptation.enabled || recovery.enabled; }
};

// The words used in files, e.g. "1f1b".
std::string_view to_string(Method value);
std::string_view to_string(ScheduleKind value);
std::string_view to_string(WeightPolicy value);
std::string_view to_string(Solver value);
std::string_view to_string(TimeSource value);
std::string_view to_string(DeviceOrder value);
std::string_view to_string(PlanObjective value);
std::string_view to_string(NetworkModel value);
std::string_view to_string(BandwidthKind value);
std::string_view to_string(CostSource value);
std::string_view to_string(ActivationFeedback value);
std::string_view to_string(GradientFeedback value);
std::string_view to_string(FaultKind value);

}  // namespace acceptlab::scenarios
