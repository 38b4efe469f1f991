#include "app/device/status_recorder.h"

#include <fmt/format.h>

#include <utility>

namespace acceptlab::app {

namespace {

constexpr std::size_t kLatest = 20;

}  // namespace

void StatusRecorder::record(const BatchSample& sample) {
  ForwardingRecorder::record(sample);
  latest_.push_back(sample.finished);
  if (latest_.size() > kLatest) latest_.pop_front();
  progress_.update(++done_, note(sample));
}

void StatusRecorder::record(const RecoverySample& sample) {
  ForwardingRecorder::record(sample);
  done_ = static_cast<int>(sample.resumed.version);
  latest_.clear();
}

void StatusRecorder::record(const MessageSpan& span) {
  ForwardingRecorder::record(span);
  if (span.to == kCentralNode) arrived_ += span.size;
}

void StatusRecorder::watch(DeviceId from, const Frame& frame) {
  if (frame.kind == FrameKind::kStageTimes) stage_times_[from] = frame.stage_time;
}

std::string StatusRecorder::note(const BatchSample& sample) {
  const double loss = sample.score.samples > 0
                          ? sample.score.loss_sum / static_cast<double>(sample.score.samples)
                          : 0.0;
  std::string text = fmt::format("epoch {}, loss {:.3f}", sample.epoch, loss);
  if (latest_.size() < 2) return text;
  const double ms =
      to_milliseconds(latest_.back() - latest_.front()) / static_cast<double>(latest_.size() - 1);
  text += fmt::format(", {:.1f} ms a batch, devices work", ms);
  for (const auto& [device, time] : stage_times_) {
    text += fmt::format(" {}: {:.0f} %", device.value, 100.0 * to_milliseconds(time.total()) / ms);
  }
  const double seconds = to_seconds(sample.finished - counted_from_);
  if (seconds > 0.0) {
    text +=
        fmt::format(", {:.2f} Mbit/s in", static_cast<double>(arrived_.count()) * 8e-6 / seconds);
  }
  if (seconds > 2.0) {
    arrived_ = Bytes(0);
    counted_from_ = sample.finished;
  }
  return text;
}

}  // namespace acceptlab::app
