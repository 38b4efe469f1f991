#include "app/device/record_json.h"

#include <stdexcept>
#include <string>
#include <utility>

#include "runtime/base/check.h"

namespace acceptlab::app {

namespace {

using nlohmann::json;

constexpr const char* kStage = "stage";
constexpr const char* kOperation = "op";
constexpr const char* kMessage = "message";

std::int64_t ns(TimePoint time) { return time.time_since_epoch().count(); }
TimePoint time_of(const json& ns) { return TimePoint(Duration(ns.get<std::int64_t>())); }
Duration duration_of(const json& ns) { return Duration(ns.get<std::int64_t>()); }

json to_json(const OpCost& c) {
  return {c.decode.count(), c.forward.count(), c.backward.count(), c.encode.count(),
          c.update.count()};
}
OpCost cost_of(const json& j) {
  return {duration_of(j.at(0)), duration_of(j.at(1)), duration_of(j.at(2)), duration_of(j.at(3)),
          duration_of(j.at(4))};
}

json to_json(const BatchKey& k) { return {static_cast<int>(k.phase), k.epoch, k.batch, k.micro}; }
BatchKey key_of(const json& j) {
  return {static_cast<Phase>(j.at(0).get<int>()), j.at(1).get<std::int32_t>(),
          j.at(2).get<std::int32_t>(), j.at(3).get<std::int32_t>()};
}

StageSample stage_of(const json& j) {
  StageSample s;
  s.stage = j.at(1).get<int>();
  s.device = DeviceId{j.at(2).get<int>()};
  s.epoch = j.at(3).get<std::int32_t>();
  s.batch = j.at(4).get<std::int32_t>();
  s.samples = j.at(5).get<int>();
  s.cost = cost_of(j.at(6));
  s.wait = duration_of(j.at(7));
  s.activation_transfer = duration_of(j.at(8));
  s.gradient_transfer = duration_of(j.at(9));
  s.activation_sent = Bytes(j.at(10).get<std::int64_t>());
  s.gradient_sent = Bytes(j.at(11).get<std::int64_t>());
  s.forward_version = j.at(12).get<std::int64_t>();
  s.update_version = j.at(13).get<std::int64_t>();
  s.finished = time_of(j.at(14));
  s.term = j.at(15).get<std::uint32_t>();
  return s;
}

OpSpan operation_of(const json& j) {
  return {j.at(1).get<int>(),
          DeviceId{j.at(2).get<int>()},
          static_cast<OpKind>(j.at(3).get<int>()),
          key_of(j.at(4)),
          time_of(j.at(5)),
          cost_of(j.at(6))};
}

MessageSpan message_of(const json& j) {
  return {DeviceId{j.at(1).get<int>()},
          DeviceId{j.at(2).get<int>()},
          static_cast<FrameKind>(j.at(3).get<int>()),
          key_of(j.at(4)),
          Bytes(j.at(5).get<std::int64_t>()),
          time_of(j.at(6)),
          time_of(j.at(7))};
}

void replay(const json& item, Recorder& recorder) {
  const std::string kind = item.at(0).get<std::string>();
  if (kind == kStage) return recorder.record(stage_of(item));
  if (kind == kOperation) return recorder.record(operation_of(item));
  if (kind == kMessage) return recorder.record(message_of(item));
  throw std::runtime_error("records of kind '" + kind + "' do not exist");
}

}  // namespace

void RecordBuffer::record(const StageSample& s) {
  list_.push_back({kStage, s.stage, s.device.value, s.epoch, s.batch, s.samples, to_json(s.cost),
                   s.wait.count(), s.activation_transfer.count(), s.gradient_transfer.count(),
                   s.activation_sent.count(), s.gradient_sent.count(), s.forward_version,
                   s.update_version, ns(s.finished), s.term});
}

// Of these the central node alone knows.
void RecordBuffer::record(const BatchSample&) { ACCEPTLAB_CHECK(!"a worker knows no batches"); }
void RecordBuffer::record(const EpochSample&) { ACCEPTLAB_CHECK(!"a worker knows no epochs"); }
void RecordBuffer::record(const RepartitionSample&) { ACCEPTLAB_CHECK(!"a worker plans nothing"); }

void RecordBuffer::record(const ReplicationSample&) {
  ACCEPTLAB_CHECK(!"a worker counts no copies");
}
void RecordBuffer::record(const RecoverySample&) { ACCEPTLAB_CHECK(!"a worker decides no return"); }

void RecordBuffer::record(const OpSpan& s) {
  list_.push_back({kOperation, s.stage, s.device.value, static_cast<int>(s.kind), to_json(s.key),
                   ns(s.started), to_json(s.cost)});
}

void RecordBuffer::record(const MessageSpan& s) {
  list_.push_back({kMessage, s.from.value, s.to.value, static_cast<int>(s.kind), to_json(s.key),
                   s.size.count(), ns(s.sent), ns(s.received)});
}

json RecordBuffer::take() { return std::exchange(list_, json::array()); }

void replay_records(const json& list, Recorder& recorder) {
  try {
    for (const json& item : list) replay(item, recorder);
  } catch (const json::exception& error) {
    throw std::runtime_error(std::string("records of a worker cannot be read: ") + error.what());
  }
}

}  // namespace acceptlab::app
