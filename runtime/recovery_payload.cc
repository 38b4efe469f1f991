#include "runtime/recovery_payload.h"

#include <cstddef>
#include <utility>

#include "runtime/little_endian.h"
#include "runtime/plan_payload.h"

namespace acceptlab {

namespace {

constexpr std::size_t kHeldBytes = 20;
constexpr std::size_t kSourceBytes = 12;

void append_int(std::vector<std::uint8_t>& bytes, int value) {
  append_little_endian(bytes, static_cast<std::uint32_t>(value), 4);
}
int read_int(Span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<int>(read_little_endian(bytes, at, 4));
}
bool is_range(UnitRange units) { return units.begin >= 0 && units.begin < units.end; }

Error corrupt(const char* what) {
  return {ErrorKind::kCorrupt, std::string("these bytes are not ") + what};
}

}  // namespace

Payload encode_held(const std::vector<HeldUnits>& held) {
  std::vector<std::uint8_t> bytes;
  for (const HeldUnits& part : held) {
    append_little_endian(bytes, part.snapshot.term, 4);
    append_little_endian(bytes, static_cast<std::uint64_t>(part.snapshot.version), 8);
    append_int(bytes, part.units.begin);
    append_int(bytes, part.units.end);
  }
  return Payload::of(std::move(bytes));
}

Result<std::vector<HeldUnits>> decode_held(Span<const std::uint8_t> bytes) {
  constexpr const char* what = "a list of held units";
  if (bytes.size() % kHeldBytes != 0) return corrupt(what);
  std::vector<HeldUnits> held;
  for (std::size_t at = 0; at < bytes.size(); at += kHeldBytes) {
    HeldUnits part;
    part.snapshot.term = static_cast<std::uint32_t>(read_little_endian(bytes, at, 4));
    part.snapshot.version = static_cast<std::int64_t>(read_little_endian(bytes, at + 4, 8));
    part.units = {read_int(bytes, at + 12), read_int(bytes, at + 16)};
    if (part.snapshot.version < 0 || !is_range(part.units)) return corrupt(what);
    held.push_back(part);
  }
  return held;
}

Payload encode_restoration(const Restoration& restoration) {
  std::vector<std::uint8_t> bytes;
  append_int(bytes, restoration.plan.stage_count());
  const Payload plan = encode_plan(restoration.plan);
  bytes.insert(bytes.end(), plan.bytes().begin(), plan.bytes().end());
  for (const UnitSource& source : restoration.sources) {
    append_int(bytes, source.units.begin);
    append_int(bytes, source.units.end);
    append_int(bytes, source.holder.value);
  }
  return Payload::of(std::move(bytes));
}

Result<Restoration> decode_restoration(Span<const std::uint8_t> bytes) {
  constexpr const char* what = "a restoration";
  if (bytes.size() < 4) return corrupt(what);
  const std::size_t stages = read_little_endian(bytes, 0, 4);
  if (stages > (bytes.size() - 4) / kPlanStageBytes) return corrupt(what);
  Result<Plan> plan = decode_plan(bytes.subspan(4, stages * kPlanStageBytes));
  if (!plan) return plan.error();
  Restoration restoration{std::move(plan).value(), {}};
  const std::size_t begin = 4 + stages * kPlanStageBytes;
  if ((bytes.size() - begin) % kSourceBytes != 0) return corrupt(what);
  for (std::size_t at = begin; at < bytes.size(); at += kSourceBytes) {
    const UnitSource source{{read_int(bytes, at), read_int(bytes, at + 4)},
                            DeviceId{read_int(bytes, at + 8)}};
    if (!is_range(source.units) || source.holder.value < 0) return corrupt(what);
    restoration.sources.push_back(source);
  }
  return restoration;
}

}  // namespace acceptlab
