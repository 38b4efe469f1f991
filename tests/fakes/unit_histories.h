#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "runtime/operation.h"
#include "runtime/plan.h"

namespace acceptlab::fakes {

// A compute whose weights are the mini-batches that they were trained with, in order: what a unit
// holds at the end says which were lost, and which were trained twice.
class UnitHistories {
 public:
  using History = std::vector<std::pair<int, int>>;  // epoch, mini-batch

  explicit UnitHistories(const Plan& plan) {
    for (const PlannedStage& stage : plan.stages) {
      for (int unit = stage.units.begin; unit < stage.units.end; ++unit) {
        units_[stage.device.value][unit] = {};
      }
    }
  }

  OpResult perform(int device, const Op& op) {
    OpResult result;
    result.output = Payload::sized(Bytes(10 * op.samples));
    if (op.kind == OpKind::kUpdate) update(device, op);
    if (op.kind == OpKind::kExport) write_out(device, op, result);
    if (op.kind == OpKind::kAdopt) adopt(device, op);
    return result;
  }

  const History& of(DeviceId device, int unit) { return units_.at(device.value).at(unit); }

 private:
  void update(int device, const Op& op) {
    for (int unit = op.units.begin; unit < op.units.end; ++unit) {
      units_.at(device).at(unit).emplace_back(op.key.epoch, op.key.batch);
    }
  }

  void write_out(int device, const Op& op, OpResult& result) {
    std::vector<std::uint8_t> all;
    for (int unit = op.units.begin; unit < op.units.end; ++unit) {
      std::vector<std::uint8_t> bytes;
      const History& history = units_.at(device).at(unit);
      bytes.push_back(static_cast<std::uint8_t>(history.size()));
      for (const auto& [epoch, batch] : history) {
        bytes.push_back(static_cast<std::uint8_t>(epoch));
        bytes.push_back(static_cast<std::uint8_t>(batch));
      }
      all.insert(all.end(), bytes.begin(), bytes.end());
      if (op.each_unit) result.parts.push_back(Payload::of(std::move(bytes)));
    }
    result.output = op.each_unit ? Payload() : Payload::of(std::move(all));
  }

  void adopt(int device, const Op& op) {
    std::map<int, History> before = std::exchange(units_[device], {});
    if (op.restore) before.clear();
    for (const MovedUnits& moved : op.gained) {
      std::size_t at = 0;
      const auto next = [&] { return static_cast<int>(moved.state.bytes()[at++]); };
      for (int unit = moved.units.begin; unit < moved.units.end; ++unit) {
        History& history = before[unit];
        history.resize(static_cast<std::size_t>(next()));
        for (auto& [epoch, batch] : history) epoch = next(), batch = next();
      }
    }
    if (!op.next_stage) return;
    const bool from_start = op.restore && op.gained.empty();
    for (int unit = op.units.begin; unit < op.units.end; ++unit) {
      EXPECT_TRUE(from_start || before.count(unit) != 0) << "unit " << unit << " has no state";
      units_[device][unit] = before[unit];
    }
  }

  std::map<int, std::map<int, History>> units_;  // by device
};

}  // namespace acceptlab::fakes
