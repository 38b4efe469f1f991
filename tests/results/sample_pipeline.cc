#include "tests/results/sample_pipeline.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace acceptlab::results {
namespace {

struct Step {
  OpKind kind;
  int batch;
};

// When each batch's data reached each stage: [stage][batch]; unset until then.
using Arrivals = std::vector<std::vector<TimePoint>>;
constexpr TimePoint kNotYet = TimePoint::max();

// One epoch, played step by step.
class Epoch {
 public:
  Epoch(const SamplePipeline& pipeline, int epoch, TimePoint start, Recorder& recorder)
      : p_(pipeline), epoch_(epoch), start_(start), recorder_(recorder) {
    const std::size_t n = p_.stages.size();
    const auto batches = static_cast<std::size_t>(p_.batches);
    inputs_.assign(n, std::vector<TimePoint>(batches, kNotYet));
    gradients_ = inputs_;
    inputs_[0].assign(batches, start);
    for (std::size_t s = 0; s < n; ++s) order_.push_back(order_of(static_cast<int>(s)));
    free_.assign(n, start);
    wait_.assign(n, std::vector<Duration>(batches, Duration(0)));
    cost_.assign(n, std::vector<OpCost>(batches));
    admitted_.assign(batches, start);
    link_free_.assign(2 * n, start);
  }

  TimePoint play() {
    std::vector<std::size_t> next(order_.size(), 0);
    while (next.front() < order_.front().size()) {
      // The stage whose next step can start first; dependencies make sure that there is one.
      std::size_t best = 0;
      TimePoint best_start = kNotYet;
      for (std::size_t s = 0; s < order_.size(); ++s) {
        if (next[s] == order_[s].size()) continue;
        const TimePoint start = start_of(s, order_[s][next[s]]);
        if (start < best_start) best_start = start, best = s;
      }
      perform(best, order_[best][next[best]], best_start);
      ++next[best];
    }
    return finished_;
  }

 private:
  bool last(std::size_t stage) const { return stage + 1 == p_.stages.size(); }

  std::vector<Step> order_of(int stage) const {
    std::vector<Step> steps;
    const int window = static_cast<int>(p_.stages.size()) - stage;
    int forward = 0;
    for (int backward = 0; backward < p_.batches; ++backward) {
      while (forward < std::min(backward + window, p_.batches)) {
        steps.push_back({window == 1 ? OpKind::kForwardBackward : OpKind::kForward, forward++});
      }
      if (window > 1) steps.push_back({OpKind::kBackward, backward});
    }
    return steps;
  }

  TimePoint start_of(std::size_t stage, Step step) const {
    const Arrivals& arrivals = step.kind == OpKind::kBackward ? gradients_ : inputs_;
    return std::max(arrivals[stage][static_cast<std::size_t>(step.batch)], free_[stage]);
  }

  void perform(std::size_t stage, Step step, TimePoint start) {
    const auto batch = static_cast<std::size_t>(step.batch);
    const OpCost& whole = p_.stages[stage];
    OpCost cost;
    const bool forward = step.kind != OpKind::kBackward;
    const bool backward = step.kind != OpKind::kForward;
    if (forward && stage > 0) cost.decode += whole.decode;
    if (forward) cost.forward = whole.forward;
    if (forward && !last(stage)) cost.encode += whole.encode;
    if (backward) cost.backward = whole.backward;
    if (backward && stage > 0) cost.encode += whole.encode;
    if (step.kind == OpKind::kBackward) cost.decode += whole.decode;
    wait_[stage][batch] += start - free_[stage];
    if (stage == 0 && forward) admitted_[batch] = start;
    record_op(stage, step.kind, step.batch, start, cost);
    TimePoint end = start + cost.total();
    if (forward && !last(stage)) send(stage, stage + 1, FrameKind::kActivation, step.batch, end);
    if (backward && stage > 0) send(stage, stage - 1, FrameKind::kGradient, step.batch, end);
    if (backward) {
      OpCost update;
      update.update = whole.update;
      record_op(stage, OpKind::kUpdate, step.batch, end, update);
      end += update.total();
      finish(stage, step.batch, end);
    }
    free_[stage] = end;
  }

  void record_op(std::size_t stage, OpKind kind, int batch, TimePoint start, const OpCost& cost) {
    OpCost& sum = cost_[stage][static_cast<std::size_t>(batch)];
    sum.decode += cost.decode;
    sum.forward += cost.forward;
    sum.backward += cost.backward;
    sum.encode += cost.encode;
    sum.update += cost.update;
    recorder_.record(OpSpan{static_cast<int>(stage), DeviceId{static_cast<int>(stage)}, kind,
                            BatchKey{Phase::kTrain, epoch_, batch, 0}, start, cost});
  }

  void send(std::size_t from, std::size_t to, FrameKind kind, int batch, TimePoint sent) {
    const bool forward = kind == FrameKind::kActivation;
    TimePoint& link = link_free_[2 * std::min(from, to) + (forward ? 0 : 1)];
    const TimePoint received = std::max(link, sent) + (forward ? p_.activation : p_.gradient);
    link = received;
    (forward ? inputs_ : gradients_)[to][static_cast<std::size_t>(batch)] = received;
    recorder_.record(MessageSpan{DeviceId{static_cast<int>(from)}, DeviceId{static_cast<int>(to)},
                                 kind, BatchKey{Phase::kTrain, epoch_, batch, 0},
                                 forward ? p_.activation_bytes : p_.gradient_bytes, sent,
                                 received});
  }

  void finish(std::size_t stage, int batch, TimePoint time) {
    const int window = static_cast<int>(p_.stages.size() - stage);
    StageSample sample;
    sample.stage = static_cast<int>(stage);
    sample.device = DeviceId{sample.stage};
    sample.epoch = epoch_;
    sample.batch = batch;
    sample.samples = p_.batch_samples;
    sample.cost = cost_[stage][static_cast<std::size_t>(batch)];
    sample.wait = wait_[stage][static_cast<std::size_t>(batch)];
    if (stage > 0) sample.activation_transfer = p_.activation;
    if (!last(stage)) sample.gradient_transfer = p_.gradient;
    if (!last(stage)) sample.activation_sent = p_.activation_bytes;
    if (stage > 0) sample.gradient_sent = p_.gradient_bytes;
    sample.update_version = std::int64_t{epoch_} * p_.batches + batch;
    sample.forward_version = std::max<std::int64_t>(std::int64_t{epoch_} * p_.batches,
                                                    sample.update_version - (window - 1));
    sample.finished = time;
    recorder_.record(sample);
    if (stage > 0) return;
    finished_ = time;
    recorder_.record(BatchSample{epoch_, batch, p_.batch_samples,
                                 admitted_[static_cast<std::size_t>(batch)], time,
                                 score_at(batch)});
  }

  Score score_at(int batch) const {
    const double progress = epoch_ + (batch + 1.0) / p_.batches;
    const double ripple = 0.08 * std::sin(2.4 * batch) * std::exp(-0.15 * progress);
    return sample_score(p_, progress, p_.batch_samples, ripple);
  }

 public:
  static Score sample_score(const SamplePipeline& p, double progress, int samples, double ripple) {
    const double fallen = 1.0 - std::exp(-0.55 * progress);
    Score score;
    score.samples = samples;
    score.loss_sum = samples * (2.3 + (p.final_loss - 2.3) * fallen + ripple);
    score.correct =
        static_cast<std::int64_t>(samples * (0.1 + (p.final_accuracy / 100.0 - 0.1) * fallen));
    return score;
  }

 private:
  const SamplePipeline& p_;
  int epoch_;
  TimePoint start_;
  Recorder& recorder_;
  std::vector<std::vector<Step>> order_;
  Arrivals inputs_;
  Arrivals gradients_;
  std::vector<TimePoint> free_;
  std::vector<std::vector<Duration>> wait_;
  std::vector<std::vector<OpCost>> cost_;
  std::vector<TimePoint> admitted_;
  std::vector<TimePoint> link_free_;  // [2 * cut + direction]
  TimePoint finished_{};
};

LinkRow sample_link(int from, int to, Bytes size, Duration time, std::int64_t messages,
                    Duration observed) {
  LinkRow row;
  row.from = DeviceId{from};
  row.to = DeviceId{to};
  row.messages = messages;
  row.message_bytes = size * messages;
  row.wire_bytes = row.message_bytes + Bytes(row.message_bytes.count() / 20);
  row.busy = time * messages;
  row.observed = observed;
  return row;
}

}  // namespace

std::vector<LinkRow> run_sample(const SamplePipeline& p, Recorder& recorder) {
  TimePoint now{};
  for (int e = 0; e < p.epochs; ++e) {
    EpochSample epoch;
    epoch.epoch = e;
    epoch.learning_rate = 0.05;
    epoch.started = now;
    epoch.trained = Epoch(p, e, now, recorder).play();
    epoch.evaluated = epoch.trained + p.evaluation;
    epoch.train = Epoch::sample_score(p, e + 0.5, p.batches * p.batch_samples, 0.0);
    if (p.evaluation > Duration(0)) epoch.test = Epoch::sample_score(p, e + 1.0, 1000, 0.02);
    recorder.record(epoch);
    now = epoch.evaluated;
  }
  std::vector<LinkRow> links;
  const std::int64_t messages = std::int64_t{p.epochs} * p.batches;
  for (int s = 0; s + 1 < static_cast<int>(p.stages.size()); ++s) {
    const Duration observed = now.time_since_epoch();
    links.push_back(sample_link(s, s + 1, p.activation_bytes, p.activation, messages, observed));
    links.push_back(sample_link(s + 1, s, p.gradient_bytes, p.gradient, messages, observed));
  }
  return links;
}

RunDescription describe_sample(const SamplePipeline& p) {
  RunDescription d;
  d.name = "sample";
  d.command = "acceptlab run sample.toml";
  d.revision = "sample-revision";
  d.seed = 7;
  d.versions = {{"acceptlab", "0.1.0"}};
  d.machine = {{"cores", "2"}};
  d.started = "2024-05-01T12:00:00Z";
  d.scenario_toml = "name = \"sample\"\n";
  d.scenario_hash = "cafe";
  d.method = "custom";
  d.model = "sample model";
  d.data_set = "sample data";
  d.synthetic_data = true;
  d.network_model = "message";
  d.cost_source = "profile";
  d.bandwidth_mbit_s = 100.0;
  for (int s = 0; s < static_cast<int>(p.stages.size()); ++s) {
    const OpCost& cost = p.stages[static_cast<std::size_t>(s)];
    d.plan.stages.push_back(
        {DeviceId{s}, UnitRange{2 * s, 2 * s + 2}, cost.forward + cost.backward});
    d.plan.predicted_time = std::max(d.plan.predicted_time, cost.forward + cost.backward);
    if (s > 0) d.plan.predicted_links.push_back(p.activation + p.gradient);
    d.device_names.push_back("board " + std::to_string(s));
  }
  for (const Duration link : d.plan.predicted_links) {
    d.plan.predicted_time = std::max(d.plan.predicted_time, link);
  }
  d.warmup_batches = 2;
  d.timeline_batches = 12;
  return d;
}

}  // namespace acceptlab::results
