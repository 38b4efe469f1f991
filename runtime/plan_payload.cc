#include "runtime/plan_payload.h"

#include <cstddef>
#include <set>
#include <utility>
#include <vector>

namespace acceptlab {

namespace {

constexpr std::size_t kStageBytes = 12;

void append(std::vector<std::uint8_t>& bytes, int value) {
  for (int i = 0; i < 4; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(static_cast<std::uint32_t>(value) >> (8 * i)));
  }
}

int read(Span<const std::uint8_t> bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value |= std::uint32_t{bytes[at + i]} << (8 * i);
  return static_cast<int>(value);
}

Error corrupt() { return {ErrorKind::kCorrupt, "these bytes are not a plan"}; }

}  // namespace

Payload encode_plan(const Plan& plan) {
  std::vector<std::uint8_t> bytes;
  for (const PlannedStage& stage : plan.stages) {
    append(bytes, stage.device.value);
    append(bytes, stage.units.begin);
    append(bytes, stage.units.end);
  }
  return Payload::of(std::move(bytes));
}

Result<Plan> decode_plan(Span<const std::uint8_t> bytes) {
  if (bytes.size() == 0 || bytes.size() % kStageBytes != 0) return corrupt();
  Plan plan;
  std::set<DeviceId> devices;
  int next_unit = 0;
  for (std::size_t at = 0; at < bytes.size(); at += kStageBytes) {
    PlannedStage stage;
    stage.device = DeviceId{read(bytes, at)};
    stage.units = {read(bytes, at + 4), read(bytes, at + 8)};
    const bool follows = stage.units.begin == next_unit && stage.units.end > next_unit;
    const bool is_new = devices.insert(stage.device).second;
    if (!follows || !is_new || stage.device.value < 0) return corrupt();
    next_unit = stage.units.end;
    plan.stages.push_back(stage);
  }
  if (plan.stages.front().device != kCentralNode) return corrupt();
  return plan;
}

}  // namespace acceptlab
