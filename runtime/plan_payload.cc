#include "runtime/plan_payload.h"

#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "runtime/little_endian.h"

namespace acceptlab {

namespace {

void append(std::vector<std::uint8_t>& bytes, int value) {
  append_little_endian(bytes, static_cast<std::uint32_t>(value), 4);
}

int read(Span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<int>(read_little_endian(bytes, at, 4));
}

Error corrupt() { return {ErrorKind::kCorrupt, "these bytes are not a plan"}; }

}  // namespace

Payload encode_plan(const Plan& plan) {
  std::vector<std::uint8_t> bytes;
  for (const PlannedStage& stage : plan.stages) {
    append(bytes, stage.device.value);
    append(bytes, stage.units.begin);
    append(bytes, stage.units.end);
    append(bytes, stage.codec);
  }
  return Payload::of(std::move(bytes));
}

Result<Plan> decode_plan(Span<const std::uint8_t> bytes) {
  if (bytes.size() == 0 || bytes.size() % kPlanStageBytes != 0) return corrupt();
  Plan plan;
  std::set<DeviceId> devices;
  int next_unit = 0;
  for (std::size_t at = 0; at < bytes.size(); at += kPlanStageBytes) {
    PlannedStage stage;
    stage.device = DeviceId{read(bytes, at)};
    stage.units = {read(bytes, at + 4), read(bytes, at + 8)};
    stage.codec = read(bytes, at + 12);
    const bool follows = stage.units.begin == next_unit && stage.units.end > next_unit;
    const bool is_new = devices.insert(stage.device).second;
    if (!follows || !is_new || stage.device.value < 0 || stage.codec < 0) return corrupt();
    next_unit = stage.units.end;
    plan.stages.push_back(stage);
  }
  if (plan.stages.front().device != kCentralNode) return corrupt();
  return plan;
}

}  // namespace acceptlab
