#pragma once

#include <cstdint>
#include <ostream>

namespace acceptlab {

enum class Phase : std::uint8_t { kTrain, kEvaluate };

// Names one micro-batch of one mini-batch: what an operation or a frame is about.
struct BatchKey {
  Phase phase = Phase::kTrain;
  std::int32_t epoch = 0;  // from 0
  std::int32_t batch = 0;  // from 0 within the epoch and phase
  std::int32_t micro = 0;  // from 0 within the mini-batch

  friend constexpr bool operator==(const BatchKey& a, const BatchKey& b) {
    return a.phase == b.phase && a.epoch == b.epoch && a.batch == b.batch && a.micro == b.micro;
  }
  friend constexpr bool operator<(const BatchKey& a, const BatchKey& b) {
    if (a.epoch != b.epoch) return a.epoch < b.epoch;
    if (a.phase != b.phase) return a.phase < b.phase;
    if (a.batch != b.batch) return a.batch < b.batch;
    return a.micro < b.micro;
  }
  friend std::ostream& operator<<(std::ostream& out, const BatchKey& k) {
    return out << (k.phase == Phase::kTrain ? "train" : "evaluate") << " epoch " << k.epoch
               << " batch " << k.batch << " micro " << k.micro;
  }
};

}  // namespace acceptlab
