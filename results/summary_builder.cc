#include "results/summary_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "results/plan_text.h"
#include "runtime/base/check.h"

namespace acceptlab::results {
namespace {

double mean_ms(Duration sum, std::int64_t count) {
  return count == 0 ? 0.0 : to_milliseconds(sum) / static_cast<double>(count);
}

double mean_bytes(Bytes sum, std::int64_t count) {
  return count == 0 ? 0.0 : static_cast<double>(sum.count()) / static_cast<double>(count);
}

// A stage works on its batches a little before the first stage has finished them, so over few
// batches of uneven cost its work can exceed the time measured at the first stage.
double busy_percent(double busy_ms, double time_per_batch_ms) {
  return time_per_batch_ms > 0.0 ? std::min(100.0, 100.0 * busy_ms / time_per_batch_ms) : 0.0;
}

double time_per_batch_ms(const MeasuredTime& measured) {
  return mean_ms(measured.time, measured.batches);
}

// A plan made without a forecast holds zeros: nothing was predicted.
std::optional<double> predicted_ms(Duration predicted) {
  if (predicted <= Duration(0)) return std::nullopt;
  return to_milliseconds(predicted);
}

double median_ms(std::vector<Duration> values) {
  if (values.empty()) return 0.0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return to_milliseconds(values[middle]);
  return (to_milliseconds(values[middle - 1]) + to_milliseconds(values[middle])) / 2.0;
}

std::optional<double> bits_per_value(Bytes bytes, std::int64_t values) {
  if (values == 0) return std::nullopt;
  return 8.0 * static_cast<double>(bytes.count()) / static_cast<double>(values);
}

std::string name_of_link(DeviceId from, DeviceId to) {
  return fmt::format("link from device {} to device {}", from.value, to.value);
}

std::string name_of_stage(const StageSummary& stage) {
  const std::string name = stage.device_name.empty() ? "" : fmt::format(" ({})", stage.device_name);
  return fmt::format("stage {} on device {}{}, units {}", stage.stage, stage.device.value, name,
                     to_string(stage.units));
}

void offer(const std::string& kind, const std::string& name, double busy_ms, Bottleneck& worst) {
  if (busy_ms > worst.busy_ms) worst = Bottleneck{kind, name, busy_ms};
}

Bottleneck find_bottleneck(const RunSummary& summary) {
  Bottleneck worst{"none", "", 0.0};
  for (const StageSummary& s : summary.stages) offer("stage", name_of_stage(s), s.busy_ms, worst);
  for (const LinkSummary& link : summary.links) {
    offer("link", name_of_link(link.from, link.to), link.busy_ms, worst);
  }
  if (!summary.links.empty()) return worst;
  // The network did not say how long its links were sending: transfer times stand in.
  for (const CutSummary& cut : summary.cuts) {
    offer("link", name_of_link(cut.from, cut.to), cut.activation_ms, worst);
    offer("link", name_of_link(cut.to, cut.from), cut.gradient_ms, worst);
  }
  return worst;
}

void add_warnings(const MeasuredTime& steady, RunSummary& summary) {
  std::vector<std::string>& warnings = summary.warnings;
  if (summary.batches == 0) {
    warnings.push_back("no mini-batch finished");
  } else if (steady.batches == 0) {
    warnings.push_back("all batches were warm-up: times include filling the pipeline");
  }
  if (summary.stages.size() > 1 && summary.speedup_over_single &&
      *summary.speedup_over_single < 1.0) {
    warnings.push_back(fmt::format(
        "one device alone would be faster: {:.3f} ms a batch against {:.3f} ms for this pipeline",
        *summary.single_device_ms, summary.time_per_batch_ms));
  }
  if (summary.synthetic_data) {
    warnings.push_back("the data is synthetic: loss and accuracy say nothing about real data");
  }
  const bool diverged = (summary.train_loss_nats && !std::isfinite(*summary.train_loss_nats)) ||
                        (summary.test_loss_nats && !std::isfinite(*summary.test_loss_nats));
  if (diverged) warnings.push_back("training diverged: the loss is not finite");
}

void set_score(const Score& score, std::optional<double>& loss, std::optional<double>& accuracy) {
  if (score.samples == 0) return;
  const auto samples = static_cast<double>(score.samples);
  loss = score.loss_sum / samples;
  accuracy = 100.0 * static_cast<double>(score.correct) / samples;
}

}  // namespace

SummaryBuilder::SummaryBuilder(RunDescription description) : description_(std::move(description)) {
  ACCEPTLAB_CHECK(description_.warmup_batches >= 0);
  reigns_.push_back({description_.plan, {}, {}});
  plans_[0] = description_.plan;
}

void SummaryBuilder::Reign::add(const EpochLog& log, int warmup) {
  steady.add(log, warmup);
  whole.add(log, 0);
}

void SummaryBuilder::add(const StageSample& sample) {
  epoch_.stages.push_back(sample);
  part_.stages.push_back(sample);
  activation_bytes_ += sample.activation_sent;
  gradient_bytes_ += sample.gradient_sent;
  count_values(sample);
  const auto stage = static_cast<std::size_t>(sample.stage);
  if (max_staleness_.size() <= stage) max_staleness_.resize(stage + 1);
  max_staleness_[stage] =
      std::max(max_staleness_[stage], sample.update_version - sample.forward_version);
  see(sample.finished);
}

void SummaryBuilder::count_values(const StageSample& sample) {
  const auto plan = plans_.find(sample.term);
  const auto stage = static_cast<std::size_t>(sample.stage);
  if (plan == plans_.end() || stage >= plan->second.stages.size()) return;
  const UnitRange units = plan->second.stages[stage].units;
  const auto values_before = [&](int unit) {  // that cross a cut in front of it
    const auto index = static_cast<std::size_t>(unit);
    if (unit == 0 || index >= description_.unit_output_values.size()) return std::int64_t{0};
    return sample.samples * description_.unit_output_values[index - 1];
  };
  activation_values_ += values_before(units.end);
  gradient_values_ += values_before(units.begin);
}

void SummaryBuilder::add(const BatchSample& sample) {
  epoch_.batches.push_back(sample);
  part_.batches.push_back(sample);
  ++batches_;
  recovery_log_.add(sample);
  take_recoveries();
  see(sample.finished);
}

// An epoch that was trained again in part ends once more: that counts.
void SummaryBuilder::add(const EpochSample& sample) {
  while (!epochs_.empty() && epochs_.back().epoch >= sample.epoch) epochs_.pop_back();
  steady_.add(epoch_, description_.warmup_batches);
  whole_.add(epoch_, 0);
  reigns_.back().add(part_, description_.warmup_batches);
  epoch_ = part_ = EpochLog{};
  epochs_.push_back(sample);
  see(sample.evaluated);
}

// Everything of the plan before is recorded by now: the pipeline has drained. Where only codecs
// change, batches under way count for those after.
void SummaryBuilder::add(const RepartitionSample& sample) {
  repartitions_.push_back({sample, reigns_.size() - 1});
  plans_[sample.term] = sample.after;
  begin_reign(sample.after);
  see(sample.committed);
}

void SummaryBuilder::begin_reign(const Plan& plan) {
  reigns_.back().add(part_, description_.warmup_batches);
  part_ = EpochLog{};
  reigns_.push_back({plan, {}, {}});
  max_staleness_.clear();
}

void SummaryBuilder::add(const ReplicationSample& sample) {
  ++replication_.count;
  if (sample.whole) ++replication_.whole;
  replication_.drain_ms += to_milliseconds(sample.drained - sample.started);
  replication_.copied_bytes += sample.copied.count();
}

// Batches of the epoch that are trained again are forgotten: each counts once, but the time until
// it was trained for the last time counts whole.
void SummaryBuilder::add(const RecoverySample& sample) {
  plans_[sample.term] = sample.after;
  begin_reign(sample.after);
  const auto again = [&](const auto& record) {
    return record.epoch > sample.resumed_epoch ||
           (record.epoch == sample.resumed_epoch && record.batch >= sample.resumed_batch);
  };
  const auto forget = [&](auto& records) {
    records.erase(std::remove_if(records.begin(), records.end(), again), records.end());
  };
  forget(epoch_.batches);
  forget(epoch_.stages);
  recovery_log_.add(sample);
  take_recoveries();
  see(sample.committed);
}

void SummaryBuilder::take_recoveries() {
  for (RecoveryRow& row : recovery_log_.take_complete()) recoveries_.push_back(std::move(row));
}

void SummaryBuilder::add(const MessageSpan& span) {
  Traffic& traffic = traffic_[{span.from, span.to}];
  traffic.all += span.size;
  if (span.key.phase == Phase::kTrain) traffic.training += span.size;
}

RunSummary SummaryBuilder::summarise(const RunEnd& end) const {
  MeasuredTime steady = steady_;
  MeasuredTime whole = whole_;
  steady.add(epoch_, description_.warmup_batches);
  whole.add(epoch_, 0);
  const MeasuredTime& measured = steady.batches > 0 ? steady : whole;
  Reign last = reigns_.back();
  last.add(part_, description_.warmup_batches);

  RunSummary summary;
  summary.name = description_.name;
  summary.method = description_.method;
  summary.model = description_.model;
  summary.data_set = description_.data_set;
  summary.synthetic_data = description_.synthetic_data;
  summary.network_model = description_.network_model;
  summary.cost_source = description_.cost_source;
  summary.clock = description_.clock;
  summary.seed = description_.seed;
  summary.bandwidth_mbit_s = description_.bandwidth_mbit_s;
  summary.warmup_batches = steady.batches > 0 ? description_.warmup_batches : 0;
  add_times(measured, last, summary);
  add_stages(last, summary);
  add_cuts(last, summary);
  add_repartitions(last, summary);
  add_recoveries(summary);
  add_links(end, summary);
  add_learning(summary);
  summary.bottleneck = find_bottleneck(summary);
  if (end.single_device) {
    summary.single_device_ms = to_milliseconds(*end.single_device);
    if (summary.time_per_batch_ms > 0.0) {
      summary.speedup_over_single = *summary.single_device_ms / summary.time_per_batch_ms;
    }
  }
  add_warnings(steady, summary);
  summary.warnings.insert(summary.warnings.end(), end.warnings.begin(), end.warnings.end());
  return summary;
}

void SummaryBuilder::add_times(const MeasuredTime& measured, const Reign& last,
                               RunSummary& summary) const {
  summary.batches = batches_;
  summary.measured_batches = measured.batches;
  summary.time_per_batch_ms = time_per_batch_ms(measured);
  summary.median_time_per_batch_ms = median_ms(measured.intervals);
  if (measured.time > Duration(0)) {
    summary.samples_per_s = static_cast<double>(measured.samples) / to_seconds(measured.time);
  }
  for (const EpochSample& epoch : epochs_) {
    summary.train_s += to_seconds(epoch.trained - epoch.started);
    summary.evaluation_s += to_seconds(epoch.evaluated - epoch.trained);
  }
  summary.total_s = to_seconds(last_);
  summary.predicted_time_per_batch_ms = predicted_ms(last.plan.predicted_time);
  const double time_ms = time_per_batch_ms(last.measured());
  if (summary.predicted_time_per_batch_ms && time_ms > 0.0) {
    summary.prediction_error_percent =
        100.0 * (*summary.predicted_time_per_batch_ms / time_ms - 1.0);
  }
}

void SummaryBuilder::add_stages(const Reign& last, RunSummary& summary) const {
  const MeasuredTime& measured = last.measured();
  double busy_sum = 0.0;
  for (std::size_t s = 0; s < last.plan.stages.size(); ++s) {
    const PlannedStage& planned = last.plan.stages[s];
    const MeasuredTime::Stage sums =
        s < measured.stages.size() ? measured.stages[s] : MeasuredTime::Stage{};
    const std::int64_t n = measured.batches;
    StageSummary stage;
    stage.stage = static_cast<int>(s);
    stage.device = planned.device;
    stage.device_name = description_.device_name(planned.device);
    stage.units = planned.units;
    stage.predicted_ms = predicted_ms(planned.predicted);
    stage.compute_ms = mean_ms(sums.cost.forward + sums.cost.backward, n);
    stage.codec_ms = mean_ms(sums.cost.encode + sums.cost.decode, n);
    stage.update_ms = mean_ms(sums.cost.update, n);
    stage.wait_ms = mean_ms(sums.wait, n);
    stage.busy_ms = mean_ms(sums.cost.total(), n);
    stage.busy_percent = busy_percent(stage.busy_ms, time_per_batch_ms(measured));
    stage.activation_bytes = mean_bytes(sums.activation_sent, n);
    stage.gradient_bytes = mean_bytes(sums.gradient_sent, n);
    if (s < max_staleness_.size()) stage.max_staleness_updates = max_staleness_[s];
    // By the first plan: of another plan's stages it is not known.
    const std::vector<Bytes>& memory = description_.codec_memory;
    if (reigns_.size() == 1 && s < memory.size()) stage.codec_memory_bytes = memory[s].count();
    busy_sum += stage.busy_percent;
    summary.stages.push_back(std::move(stage));
  }
  for (const Bytes bytes : description_.codec_memory) {
    summary.codec_memory_bytes += bytes.count();
  }
  summary.activation_bytes = activation_bytes_.count();
  summary.gradient_bytes = gradient_bytes_.count();
  summary.activation_bits_per_value = bits_per_value(activation_bytes_, activation_values_);
  summary.gradient_bits_per_value = bits_per_value(gradient_bytes_, gradient_values_);
  if (measured.batches == 0 || summary.stages.empty()) return;
  summary.bubble_percent = 100.0 - busy_sum / static_cast<double>(summary.stages.size());
}

void SummaryBuilder::add_cuts(const Reign& last, RunSummary& summary) const {
  const MeasuredTime& measured = last.measured();
  const Plan& plan = last.plan;
  for (std::size_t s = 0; s + 1 < plan.stages.size(); ++s) {
    CutSummary cut;
    cut.from_stage = static_cast<int>(s);
    cut.from = plan.stages[s].device;
    cut.to = plan.stages[s + 1].device;
    if (s < plan.predicted_links.size()) cut.predicted_ms = predicted_ms(plan.predicted_links[s]);
    if (s + 1 < measured.stages.size()) {
      cut.activation_ms = mean_ms(measured.stages[s + 1].activation_transfer, measured.batches);
      cut.gradient_ms = mean_ms(measured.stages[s].gradient_transfer, measured.batches);
    }
    summary.cuts.push_back(cut);
  }
}

void SummaryBuilder::add_repartitions(const Reign& last, RunSummary& summary) const {
  const auto steady_ms = [](const Reign& reign) -> std::optional<double> {
    if (reign.steady.batches == 0) return std::nullopt;
    return time_per_batch_ms(reign.steady);
  };
  for (const auto& [sample, before] : repartitions_) {
    RepartitionSummary change;
    change.epoch = sample.epoch;
    change.batch = sample.batch;
    change.plan_before = plan_text(sample.before, description_.codec_names);
    change.plan_after = plan_text(sample.after, description_.codec_names);
    change.start_ms = to_milliseconds(sample.started.time_since_epoch());
    change.drain_ms = to_milliseconds(sample.drained - sample.started);
    change.move_ms = to_milliseconds(sample.committed - sample.drained);
    change.moved_bytes = sample.moved.count();
    change.predicted_gain_ms = to_milliseconds(sample.predicted_gain);
    change.predicted_cost_ms = to_milliseconds(sample.predicted_cost);
    change.before_ms = steady_ms(reigns_[before]);
    change.after_ms = steady_ms(before + 2 < reigns_.size() ? reigns_[before + 1] : last);
    summary.repartitions.push_back(std::move(change));
  }
}

void SummaryBuilder::add_recoveries(RunSummary& summary) const {
  std::vector<RecoveryRow> rows = recoveries_;
  for (RecoveryRow& row : recovery_log_.incomplete()) rows.push_back(std::move(row));
  for (const RecoveryRow& row : rows) {
    const RecoverySample& sample = row.sample;
    RecoverySummary told;
    told.cause = to_string(sample.cause);
    told.what = sample.what;
    told.lost = devices_text(sample.lost);
    told.restarted = devices_text(sample.restarted);
    told.epoch = sample.epoch;
    told.batch = sample.batch;
    told.resumed_epoch = sample.resumed_epoch;
    told.resumed_batch = sample.resumed_batch;
    told.retrained_batches = sample.version - sample.resumed.version;
    told.detected_ms = to_milliseconds(sample.detected.time_since_epoch());
    told.silent_ms = to_milliseconds(row.silent());
    told.recover_ms = to_milliseconds(row.recover());
    if (row.retrain()) told.retrain_ms = to_milliseconds(*row.retrain());
    if (row.total()) told.total_ms = to_milliseconds(*row.total());
    told.moved_bytes = sample.moved.count();
    told.plan_before = plan_text(sample.before, description_.codec_names);
    told.plan_after = plan_text(sample.after, description_.codec_names);
    summary.recoveries.push_back(std::move(told));
  }
  summary.replication = replication_;
}

void SummaryBuilder::add_links(const RunEnd& end, RunSummary& summary) const {
  for (const LinkRow& row : end.links) {
    LinkSummary link;
    link.from = row.from;
    link.to = row.to;
    link.busy_ms = mean_ms(row.busy, batches_) * training_share(row.from, row.to);
    link.utilisation_percent = row.utilisation_percent();
    link.messages = row.messages;
    link.message_bytes = row.message_bytes.count();
    link.wire_bytes = row.wire_bytes.count();
    link.dropped_packets = row.dropped_packets;
    summary.links.push_back(link);
  }
}

// A link also carries evaluation, which must not count as time of a training batch. Its sending
// time is shared out by bytes; a link that only relays between other devices takes their average.
double SummaryBuilder::training_share(DeviceId from, DeviceId to) const {
  Traffic traffic;
  if (const auto found = traffic_.find({from, to}); found != traffic_.end()) {
    traffic = found->second;
  } else {
    for (const auto& [pair, other] : traffic_) {
      traffic.training += other.training;
      traffic.all += other.all;
    }
  }
  if (traffic.all == Bytes(0)) return 1.0;
  return static_cast<double>(traffic.training.count()) / static_cast<double>(traffic.all.count());
}

void SummaryBuilder::add_learning(RunSummary& summary) const {
  summary.epochs = static_cast<std::int64_t>(epochs_.size());
  for (const EpochSample& epoch : epochs_) {
    set_score(epoch.train, summary.train_loss_nats, summary.train_accuracy_percent);
    set_score(epoch.test, summary.test_loss_nats, summary.test_accuracy_percent);
  }
}

}  // namespace acceptlab::results
