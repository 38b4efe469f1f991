#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/ids.h"

namespace acceptlab::results {

// Figures of a stage; times and bytes are means per mini-batch over the measured batches.
struct StageSummary {
  int stage = 0;
  DeviceId device;
  std::string device_name;
  UnitRange units;
  std::optional<double> predicted_ms;  // by the plan: forward + backward
  double compute_ms = 0.0;             // forward + backward
  double codec_ms = 0.0;               // encode + decode
  double update_ms = 0.0;
  double wait_ms = 0.0;
  double busy_ms = 0.0;           // compute + codec + update
  double busy_percent = 0.0;      // of the time per batch
  double activation_bytes = 0.0;  // leaving this stage
  double gradient_bytes = 0.0;
  std::int64_t max_staleness_updates = 0;  // over all batches of the last plan
  std::int64_t codec_memory_bytes = 0;     // what its codecs' feedback remembers, at most
};

// Figures of the cut between two stages, per mini-batch.
struct CutSummary {
  int from_stage = 0;
  DeviceId from;
  DeviceId to;
  std::optional<double> predicted_ms;  // by the plan: both directions
  double activation_ms = 0.0;          // handed to the transport until arrived at `to`
  double gradient_ms = 0.0;            // and back
  double transfer_ms() const { return activation_ms + gradient_ms; }
};

// Figures of one direction of a physical link.
struct LinkSummary {
  DeviceId from;
  DeviceId to;
  double busy_ms = 0.0;  // sending for training, per mini-batch
  double utilisation_percent = 0.0;
  std::int64_t messages = 0;
  std::int64_t message_bytes = 0;
  std::int64_t wire_bytes = 0;
  std::int64_t dropped_packets = 0;
};

// A change of the plan, or of its codecs alone: then nothing was drained or moved. Times per batch
// are those of the plan alone: filling the pipeline, draining and moving are left out.
struct RepartitionSummary {
  std::int64_t epoch = 0;
  std::int64_t batch = 0;  // the first that the plan after trained
  std::string plan_before;
  std::string plan_after;
  double start_ms = 0.0;
  double drain_ms = 0.0;
  double move_ms = 0.0;
  std::int64_t moved_bytes = 0;
  double predicted_gain_ms = 0.0;  // per batch; below 0: given up for better codecs
  double predicted_cost_ms = 0.0;
  std::optional<double> before_ms;  // time per batch; nothing but warm-up: not known
  std::optional<double> after_ms;
};

// A return to a snapshot after a loss.
struct RecoverySummary {
  std::string cause;  // "late", "peer lost", "damaged", "returned"
  std::string what;   // for people
  std::string lost;   // devices that did not answer, "2 3"
  std::string restarted;
  std::int64_t epoch = 0;  // the oldest mini-batch that was not finished
  std::int64_t batch = 0;
  std::int64_t resumed_epoch = 0;  // that training went on with
  std::int64_t resumed_batch = 0;
  std::int64_t retrained_batches = 0;
  double detected_ms = 0.0;          // since the start of the run
  double silent_ms = 0.0;            // without progress before it was noticed
  double recover_ms = 0.0;           // from there until all devices had the plan after
  std::optional<double> retrain_ms;  // until training was as far as before; not known: never
  std::optional<double> total_ms;    // recover and retrain
  std::int64_t moved_bytes = 0;
  std::string plan_before;
  std::string plan_after;
};

// What replication cost, in all.
struct ReplicationSummary {
  std::int64_t count = 0;
  std::int64_t whole = 0;  // of those, the ones that were copied in full
  double drain_ms = 0.0;
  std::int64_t copied_bytes = 0;
};

// The stage or link with the largest busy time per mini-batch.
struct Bottleneck {
  std::string kind;  // "stage", "link", or "none" where no batch finished
  std::string name;
  double busy_ms = 0.0;
};

// What summary.json holds. Percentages are 0..100.
struct RunSummary {
  std::string name;
  std::string method;
  std::string model;
  std::string data_set;
  bool synthetic_data = false;
  std::string network_model;
  std::string cost_source;
  std::string clock;
  std::uint64_t seed = 0;
  std::optional<double> bandwidth_mbit_s;

  std::int64_t batches = 0;           // mini-batches trained; again after a recovery: counts again
  std::int64_t measured_batches = 0;  // of those, after the warm-up of their epoch
  int warmup_batches = 0;             // skipped per epoch
  double time_per_batch_ms = 0.0;     // mean over the measured batches
  double median_time_per_batch_ms = 0.0;
  double samples_per_s = 0.0;
  double train_s = 0.0;  // sum over epochs
  double evaluation_s = 0.0;
  double total_s = 0.0;         // until the last thing happened
  double bubble_percent = 0.0;  // 100 - mean busy_percent of the stages

  std::vector<StageSummary> stages;  // of the last plan, while it was in force; cuts likewise
  std::vector<CutSummary> cuts;
  std::vector<LinkSummary> links;
  std::vector<RepartitionSummary> repartitions;
  std::vector<RecoverySummary> recoveries;
  ReplicationSummary replication;
  std::int64_t activation_bytes = 0;  // whole run, training, encoded
  std::int64_t gradient_bytes = 0;
  // Of what crossed in training, headers of messages but not of frames counted. Unset: nothing did.
  std::optional<double> activation_bits_per_value;
  std::optional<double> gradient_bits_per_value;
  std::int64_t codec_memory_bytes = 0;  // sum over the stages

  Bottleneck bottleneck;
  std::optional<double> predicted_time_per_batch_ms;
  std::optional<double> prediction_error_percent;  // predicted against measured; > 0: too slow
  std::optional<double> single_device_ms;          // time per batch of the best device alone
  std::optional<double> speedup_over_single;

  std::int64_t epochs = 0;
  std::optional<double> train_loss_nats;  // of the last epoch that computed it
  std::optional<double> train_accuracy_percent;
  std::optional<double> test_loss_nats;
  std::optional<double> test_accuracy_percent;

  std::vector<std::string> warnings;
};

}  // namespace acceptlab::results
