#include "results/measured_time.h"

namespace acceptlab::results {
namespace {

void add_sample(const StageSample& sample, MeasuredTime::Stage& stage) {
  stage.cost += sample.cost;
  stage.wait += sample.wait;
  stage.activation_transfer += sample.activation_transfer;
  stage.gradient_transfer += sample.gradient_transfer;
  stage.activation_sent += sample.activation_sent;
  stage.gradient_sent += sample.gradient_sent;
}

}  // namespace

MeasuredTime::Stage& MeasuredTime::at(int stage) {
  const auto index = static_cast<std::size_t>(stage);
  if (stages.size() <= index) stages.resize(index + 1);
  return stages[index];
}

void MeasuredTime::add(const EpochLog& log, int warmup) {
  const auto skipped = static_cast<std::size_t>(warmup);
  if (log.batches.size() <= skipped) return;
  const TimePoint begin =
      warmup == 0 ? log.batches.front().admitted : log.batches[skipped - 1].finished;
  const TimePoint end = log.batches.back().finished;
  TimePoint previous = begin;
  for (std::size_t b = skipped; b < log.batches.size(); ++b) {
    batches += 1;
    samples += log.batches[b].samples;
    intervals.push_back(log.batches[b].finished - previous);
    previous = log.batches[b].finished;
  }
  time += end - begin;
  const std::int32_t first = log.batches[skipped].batch;
  for (const StageSample& sample : log.stages) {
    if (sample.batch >= first) add_sample(sample, at(sample.stage));
  }
}

}  // namespace acceptlab::results
