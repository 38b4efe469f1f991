#include "results/run_recorder.h"

#include <optional>
#include <string>
#include <utility>

#include "results/csv.h"
#include "results/manifest.h"
#include "results/plan_text.h"
#include "results/recovery_log.h"
#include "results/summary_builder.h"
#include "results/summary_json.h"
#include "results/text_file.h"
#include "results/timeline_writer.h"

namespace acceptlab::results {
namespace {

std::string text(std::int64_t value) { return std::to_string(value); }

std::vector<std::string> stage_columns() {
  return {"epoch",
          "batch",
          "stage",
          "device",
          "samples",
          "forward_ms",
          "backward_ms",
          "encode_ms",
          "decode_ms",
          "update_ms",
          "wait_ms",
          "activation_transfer_ms",
          "gradient_transfer_ms",
          "activation_sent_bytes",
          "gradient_sent_bytes",
          "forward_version_updates",
          "update_version_updates",
          "staleness_updates",
          "finished_ms",
          "term"};
}

std::vector<std::string> stage_row(const StageSample& s) {
  return {text(s.epoch),
          text(s.batch),
          text(s.stage),
          text(s.device.value),
          text(s.samples),
          format_ms(s.cost.forward),
          format_ms(s.cost.backward),
          format_ms(s.cost.encode),
          format_ms(s.cost.decode),
          format_ms(s.cost.update),
          format_ms(s.wait),
          format_ms(s.activation_transfer),
          format_ms(s.gradient_transfer),
          text(s.activation_sent.count()),
          text(s.gradient_sent.count()),
          text(s.forward_version),
          text(s.update_version),
          text(s.update_version - s.forward_version),
          format_ms(s.finished),
          text(s.term)};
}

// Empty where nothing was computed.
std::string loss_nats(const Score& score) {
  if (score.samples == 0) return "";
  return format_fixed(score.loss_sum / static_cast<double>(score.samples), 6);
}

std::string accuracy_percent(const Score& score) {
  if (score.samples == 0) return "";
  return format_fixed(
      100.0 * static_cast<double>(score.correct) / static_cast<double>(score.samples), 4);
}

std::vector<std::string> progress_columns() {
  return {"epoch",          "batch",     "samples",          "admitted_ms", "finished_ms",
          "in_pipeline_ms", "loss_nats", "accuracy_percent", "term"};
}

std::vector<std::string> progress_row(const BatchSample& s) {
  return {text(s.epoch),         text(s.batch),
          text(s.samples),       format_ms(s.admitted),
          format_ms(s.finished), format_ms(s.finished - s.admitted),
          loss_nats(s.score),    accuracy_percent(s.score),
          text(s.term)};
}

std::vector<std::string> epoch_columns() {
  return {"epoch",
          "learning_rate",
          "started_s",
          "trained_s",
          "evaluated_s",
          "train_s",
          "evaluation_s",
          "train_samples",
          "train_loss_nats",
          "train_accuracy_percent",
          "test_samples",
          "test_loss_nats",
          "test_accuracy_percent",
          "term"};
}

std::vector<std::string> epoch_row(const EpochSample& s) {
  return {text(s.epoch),
          format_fixed(s.learning_rate, 9),
          format_seconds(s.started),
          format_seconds(s.trained),
          format_seconds(s.evaluated),
          format_seconds(s.trained - s.started),
          format_seconds(s.evaluated - s.trained),
          text(s.train.samples),
          loss_nats(s.train),
          accuracy_percent(s.train),
          text(s.test.samples),
          loss_nats(s.test),
          accuracy_percent(s.test),
          text(s.term)};
}

std::vector<std::string> repartition_columns() {
  return {"epoch",       "batch",       "start_ms",          "drain_ms",
          "move_ms",     "moved_bytes", "predicted_gain_ms", "predicted_cost_ms",
          "plan_before", "plan_after"};
}

std::vector<std::string> repartition_row(const RepartitionSample& s,
                                         const std::vector<std::string>& codecs) {
  return {text(s.epoch),
          text(s.batch),
          format_ms(s.started),
          format_ms(s.drained - s.started),
          format_ms(s.committed - s.drained),
          text(s.moved.count()),
          format_ms(s.predicted_gain),
          format_ms(s.predicted_cost),
          plan_text(s.before, codecs),
          plan_text(s.after, codecs)};
}

std::string optional_ms(std::optional<Duration> duration) {
  return duration ? format_ms(*duration) : "";
}

std::vector<std::string> replication_columns() {
  return {"term",     "epoch",    "batch",        "updates",     "start_ms",
          "drain_ms", "whole_ms", "copied_bytes", "central_copy"};
}

std::vector<std::string> replication_row(const ReplicationSample& s) {
  std::optional<Duration> until_whole;
  if (s.whole) until_whole = *s.whole - s.drained;
  return {text(s.snapshot.term),    text(s.epoch),          text(s.batch),
          text(s.snapshot.version), format_ms(s.started),   format_ms(s.drained - s.started),
          optional_ms(until_whole), text(s.copied.count()), s.central_copy ? "yes" : "no"};
}

std::vector<std::string> recovery_columns() {
  return {"term",
          "cause",
          "what",
          "lost_devices",
          "restarted_devices",
          "probes",
          "epoch",
          "batch",
          "resumed_epoch",
          "resumed_batch",
          "resumed_updates",
          "retrained_batches",
          "detected_ms",
          "silent_ms",
          "probe_ms",
          "recover_ms",
          "retrain_ms",
          "total_ms",
          "moved_bytes",
          "plan_before",
          "plan_after"};
}

std::vector<std::string> recovery_row(const RecoveryRow& row,
                                      const std::vector<std::string>& codecs) {
  const RecoverySample& s = row.sample;
  return {text(s.term),
          to_string(s.cause),
          s.what,
          devices_text(s.lost),
          devices_text(s.restarted),
          text(s.probes),
          text(s.epoch),
          text(s.batch),
          text(s.resumed_epoch),
          text(s.resumed_batch),
          text(s.resumed.version),
          text(s.version - s.resumed.version),
          format_ms(s.detected),
          format_ms(row.silent()),
          format_ms(s.decided - s.detected),
          format_ms(row.recover()),
          optional_ms(row.retrain()),
          optional_ms(row.total()),
          text(s.moved.count()),
          plan_text(s.before, codecs),
          plan_text(s.after, codecs)};
}

std::vector<std::string> link_columns() {
  return {"from_device",     "to_device", "messages",    "message_bytes",      "wire_bytes",
          "dropped_packets", "busy_ms",   "observed_ms", "utilisation_percent"};
}

std::vector<std::string> link_row(const LinkRow& r) {
  return {text(r.from.value),
          text(r.to.value),
          text(r.messages),
          text(r.message_bytes.count()),
          text(r.wire_bytes.count()),
          text(r.dropped_packets),
          format_ms(r.busy),
          format_ms(r.observed),
          format_fixed(r.utilisation_percent(), 4)};
}

}  // namespace

class RunRecorder::Impl {
 public:
  Impl(RunFolder folder, RunDescription description)
      : folder_(std::move(folder)),
        description_(std::move(description)),
        summary_(description_),
        stages_(folder_.path() / "batches.csv", stage_columns()),
        progress_(folder_.path() / "progress.csv", progress_columns()),
        epochs_(folder_.path() / "epochs.csv", epoch_columns()),
        repartitions_(folder_.path() / "repartitions.csv", repartition_columns()),
        replications_(folder_.path() / "replications.csv", replication_columns()),
        recoveries_(folder_.path() / "recoveries.csv", recovery_columns()),
        timeline_(folder_.path() / "timeline.json", description_) {
    write("scenario.resolved.toml", description_.scenario_toml);
    write("manifest.json", manifest_to_json(description_, std::nullopt));
  }

  void record(const StageSample& sample) {
    stages_.row(stage_row(sample));
    summary_.add(sample);
  }
  void record(const BatchSample& sample) {
    progress_.row(progress_row(sample));
    summary_.add(sample);
    recovery_log_.add(sample);
    write_recoveries();
  }
  void record(const EpochSample& sample) {
    epochs_.row(epoch_row(sample));
    summary_.add(sample);
  }
  void record(const RepartitionSample& sample) {
    repartitions_.row(repartition_row(sample, description_.codec_names));
    timeline_.add(sample);
    summary_.add(sample);
  }
  void record(const ReplicationSample& sample) {
    replications_.row(replication_row(sample));
    summary_.add(sample);
  }
  void record(const RecoverySample& sample) {
    timeline_.add(sample);
    summary_.add(sample);
    recovery_log_.add(sample);
    write_recoveries();
  }
  void record(const OpSpan& span) { timeline_.add(span); }
  void record(const MessageSpan& span) {
    timeline_.add(span);
    summary_.add(span);
  }

  const std::filesystem::path& folder() const { return folder_.path(); }

  Result<RunSummary> finish(const RunEnd& end) {
    const RunSummary summary = summary_.summarise(end);
    write_links(end.links);
    for (const RecoveryRow& row : recovery_log_.incomplete())
      recoveries_.row(recovery_row(row, description_.codec_names));
    timeline_.close();
    write("summary.json", summary_to_json(summary));
    write("manifest.json",
          manifest_to_json(description_, RunCost{end.wall_s, end.adaptation, summary.train_s}));
    check("batches.csv", stages_.good());
    check("progress.csv", progress_.good());
    check("epochs.csv", epochs_.good());
    check("repartitions.csv", repartitions_.good());
    check("replications.csv", replications_.good());
    check("recoveries.csv", recoveries_.good());
    check("timeline.json", timeline_.good());
    if (failure_) return *failure_;
    const auto published = folder_.publish();
    if (!published.ok()) return published.error();
    return summary;
  }

 private:
  // Each once its loss is made good; at the end of the run the others.
  void write_recoveries() {
    for (const RecoveryRow& row : recovery_log_.take_complete())
      recoveries_.row(recovery_row(row, description_.codec_names));
  }
  void write_links(const std::vector<LinkRow>& links) {
    CsvFile file(folder_.path() / "links.csv", link_columns());
    for (const LinkRow& link : links) file.row(link_row(link));
    check("links.csv", file.good());
  }
  void write(const std::string& name, const std::string& content) {
    const auto written = replace_text(folder_.path() / name, content);
    if (!written.ok() && !failure_) failure_ = written.error();
  }
  void check(const std::string& name, bool good) {
    if (good || failure_) return;
    const std::string path = (folder_.path() / name).string();
    failure_ = Error{ErrorKind::kConfig, path + ": cannot be written"};
  }

  RunFolder folder_;
  RunDescription description_;
  SummaryBuilder summary_;
  CsvFile stages_;
  CsvFile progress_;
  CsvFile epochs_;
  CsvFile repartitions_;
  CsvFile replications_;
  CsvFile recoveries_;
  RecoveryLog recovery_log_;
  TimelineWriter timeline_;
  std::optional<Error> failure_;  // the first
};

RunRecorder::RunRecorder(RunFolder folder, RunDescription description)
    : impl_(std::make_unique<Impl>(std::move(folder), std::move(description))) {}
RunRecorder::~RunRecorder() = default;

void RunRecorder::record(const StageSample& sample) { impl_->record(sample); }
void RunRecorder::record(const BatchSample& sample) { impl_->record(sample); }
void RunRecorder::record(const EpochSample& sample) { impl_->record(sample); }
void RunRecorder::record(const RepartitionSample& sample) { impl_->record(sample); }
void RunRecorder::record(const ReplicationSample& sample) { impl_->record(sample); }
void RunRecorder::record(const RecoverySample& sample) { impl_->record(sample); }
void RunRecorder::record(const OpSpan& span) { impl_->record(span); }
void RunRecorder::record(const MessageSpan& span) { impl_->record(span); }

const std::filesystem::path& RunRecorder::folder() const { return impl_->folder(); }

Result<RunSummary> RunRecorder::finish(const RunEnd& end) { return impl_->finish(end); }

}  // namespace acceptlab::results
