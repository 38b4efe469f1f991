#include "results/timeline_writer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "results/csv.h"

namespace acceptlab::results {
namespace {

enum Thread { kCompute = 1, kCodec = 2, kWait = 3 };
// Above any device's process.
constexpr int kLinksProcess = 1'000'000;
constexpr int kRepartitionProcess = kLinksProcess + 1;

int process_of(DeviceId device) { return device.value + 1; }

std::string quoted(const std::string& text) {
  using nlohmann::json;
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string process_name(int pid, const std::string& name) {
  return fmt::format(
      R"({{"ph":"M","pid":{0},"name":"process_name","args":{{"name":{1}}}}},)"
      "\n"
      R"({{"ph":"M","pid":{0},"name":"process_sort_index","args":{{"sort_index":{0}}}}})",
      pid, quoted(name));
}

std::string thread_name(int pid, int tid, const std::string& name) {
  return fmt::format(
      R"({{"ph":"M","pid":{0},"tid":{1},"name":"thread_name","args":{{"name":{2}}}}},)"
      "\n"
      R"({{"ph":"M","pid":{0},"tid":{1},"name":"thread_sort_index","args":{{"sort_index":{1}}}}})",
      pid, tid, quoted(name));
}

const char* message_name(FrameKind kind) {
  switch (kind) {
    case FrameKind::kInput:
      return "input";
    case FrameKind::kLabels:
      return "labels";
    case FrameKind::kActivation:
      return "activation";
    case FrameKind::kGradient:
      return "gradient";
    case FrameKind::kScore:
      return "score";
    case FrameKind::kBatchDone:
      return "batch done";
    case FrameKind::kStageTimes:
      return "stage times";
    case FrameKind::kUnits:
      return "move";
    case FrameKind::kCopy:
      return "copy";
    case FrameKind::kStartPhase:
    case FrameKind::kPhaseDone:
    case FrameKind::kEndPhase:
    case FrameKind::kPrepare:
    case FrameKind::kFetch:
    case FrameKind::kPrepared:
    case FrameKind::kCommit:
    case FrameKind::kReplicate:
    case FrameKind::kCopied:
    case FrameKind::kDrop:
    case FrameKind::kProbe:
    case FrameKind::kAlive:
    case FrameKind::kFailed:
    case FrameKind::kRestore:
    case FrameKind::kFetchCopy:
    case FrameKind::kRecode:
      return nullptr;  // of a phase or a plan, not of a batch
  }
  return nullptr;
}

}  // namespace

struct TimelineWriter::Slice {
  int pid = 0;
  int tid = 0;
  std::string name;
  BatchKey key;
  TimePoint started{};
  Duration length{0};
  std::string more_args;  // JSON members, each with a comma in front
};

TimelineWriter::TimelineWriter(const std::filesystem::path& path, const RunDescription& description)
    : out_(path, std::ios::binary),
      device_names_(description.device_names),
      batches_(description.timeline_batches) {
  out_ << '[';
  event(process_name(kLinksProcess, "links"));
}

bool TimelineWriter::wanted(const BatchKey& key) const {
  return key.phase == Phase::kTrain && key.epoch == 0 && key.batch < batches_;
}

void TimelineWriter::add(const OpSpan& span) {
  if (wanted(span.key)) operation(span);
  idle_since_[span.device] = span.started + span.cost.total();
}

void TimelineWriter::operation(const OpSpan& span) {
  name_device(span.device);
  const int pid = process_of(span.device);
  const std::string stage = fmt::format(R"(,"stage":{})", span.stage);
  if (const auto idle = idle_since_.find(span.device); idle != idle_since_.end()) {
    slice({pid, kWait, "wait", span.key, idle->second, span.started - idle->second, stage});
  }
  TimePoint at = span.started;
  const auto part = [&](int tid, const char* name, Duration length) {
    slice({pid, tid, name, span.key, at, length, stage});
    at += length;
  };
  part(kCodec, "decode", span.cost.decode);
  part(kCompute, "forward", span.cost.forward);
  part(kCompute, "backward", span.cost.backward);
  part(kCodec, "encode", span.cost.encode);
  const bool moves = span.kind == OpKind::kExport || span.kind == OpKind::kAdopt;
  part(kCompute, moves ? "move" : "update", span.cost.update);
}

void TimelineWriter::add(const MessageSpan& span) {
  const char* name = message_name(span.kind);
  if (name == nullptr || !wanted(span.key)) return;
  slice({kLinksProcess, lane_for(span), name, span.key, span.sent, span.received - span.sent,
         fmt::format(R"(,"bytes":{})", span.size.count())});
}

void TimelineWriter::add(const RepartitionSample& sample) {
  const BatchKey key{Phase::kTrain, sample.epoch, sample.batch, 0};
  if (!wanted(key)) return;
  name_plan_changes();
  if (sample.started == sample.committed) {  // of codecs alone
    return event(fmt::format(
        R"({{"ph":"i","s":"g","pid":{},"tid":{},"ts":{},"cat":"recode","name":"recode {}"}})",
        kRepartitionProcess, kCompute, format_us(sample.committed.time_since_epoch()),
        sample.batch));
  }
  slice({kRepartitionProcess, kCompute, "drain", key, sample.started,
         sample.drained - sample.started, ""});
  slice({kRepartitionProcess, kCompute, "move", key, sample.drained,
         sample.committed - sample.drained, fmt::format(R"(,"bytes":{})", sample.moved.count())});
}

void TimelineWriter::add(const RecoverySample& sample) {
  const BatchKey key{Phase::kTrain, sample.epoch, sample.batch, 0};
  if (!wanted(key)) return;
  name_plan_changes();
  slice({kRepartitionProcess, kCompute, "probe", key, sample.detected,
         sample.decided - sample.detected, ""});
  slice({kRepartitionProcess, kCompute, "restore", key, sample.decided,
         sample.committed - sample.decided, fmt::format(R"(,"bytes":{})", sample.moved.count())});
}

void TimelineWriter::name_plan_changes() {
  if (plan_changed_) return;
  event(process_name(kRepartitionProcess, "repartition"));
  event(thread_name(kRepartitionProcess, kCompute, "plan"));
  plan_changed_ = true;
}

void TimelineWriter::close() { out_ << "\n]\n" << std::flush; }

// Slices without length are dropped: an operation that skips a step has none of it to show.
void TimelineWriter::slice(const Slice& s) {
  if (s.length <= Duration(0)) return;
  event(fmt::format(R"({{"ph":"X","pid":{},"tid":{},"ts":{},"dur":{},"cat":"{}","name":"{} {}",)"
                    R"("args":{{"epoch":{},"batch":{},"micro":{}{}}}}})",
                    s.pid, s.tid, format_us(s.started.time_since_epoch()), format_us(s.length),
                    s.name, s.name, s.key.batch, s.key.epoch, s.key.batch, s.key.micro,
                    s.more_args));
}

void TimelineWriter::name_device(DeviceId device) {
  if (!named_.insert(device).second) return;
  const auto index = static_cast<std::size_t>(device.value);
  std::string name = fmt::format("device {}", device.value);
  if (index < device_names_.size()) name += fmt::format(" ({})", device_names_[index]);
  event(process_name(process_of(device), name));
  event(thread_name(process_of(device), kCompute, "compute"));
  event(thread_name(process_of(device), kCodec, "codec"));
  event(thread_name(process_of(device), kWait, "wait"));
}

int TimelineWriter::lane_for(const MessageSpan& span) {
  auto& lanes = lanes_[{span.from, span.to}];
  for (Lane& lane : lanes) {
    if (lane.free_from > span.sent) continue;
    lane.free_from = span.received;
    return lane.tid;
  }
  std::string name = fmt::format("device {} to device {}", span.from.value, span.to.value);
  if (!lanes.empty()) name += fmt::format(" ({})", lanes.size() + 1);
  lanes.push_back(Lane{next_lane_++, span.received});
  event(thread_name(kLinksProcess, lanes.back().tid, name));
  return lanes.back().tid;
}

void TimelineWriter::event(const std::string& json) {
  out_ << (first_ ? "\n" : ",\n") << json << std::flush;
  first_ = false;
}

}  // namespace acceptlab::results
