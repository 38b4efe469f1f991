#pragma once

#include <cstdint>

#include "runtime/base/ids.h"
#include "runtime/training_shape.h"

namespace acceptlab {

enum class ScheduleKind {
  kSynchronous,            // GPipe; with one stage: plain training on a single device
  kOneForwardOneBackward,  // asynchronous 1F1B (PipeDream), one mini-batch a step
};

// How 1F1B keeps the weights that a batch in flight has used.
enum class WeightPolicy {
  kStash,     // PipeDream: one newest version; a batch in flight keeps the version it saw
  kReplicas,  // FTPipeHD: as many replicas as batches in flight, averaged every so often
};

struct Schedule {
  ScheduleKind kind = ScheduleKind::kOneForwardOneBackward;
  WeightPolicy weights = WeightPolicy::kStash;
  int aggregate_every_batches = 20;  // kReplicas
};

// One stage's place in the pipeline.
struct StageConfig {
  int stage = 0;  // from 0
  int stages = 1;
  DeviceId device;
  DeviceId previous;  // meaningful unless first()
  DeviceId next;      // meaningful unless last()
  Schedule schedule;
  TrainingShape shape;
  UnitRange units;
  bool reports = false;    // its times of every mini-batch to the central node
  std::uint32_t term = 0;  // of the plan in force
  // The terms in which the cuts before and behind the stage came to be where they are, between the
  // devices that they are between: the streams of its codecs begin there.
  std::uint32_t input_term = 0;
  std::uint32_t output_term = 0;
  // PlannedStage::codec of the cuts before and behind the stage.
  int input_codec = 0;
  int output_codec = 0;

  bool first() const { return stage == 0; }
  bool last() const { return stage == stages - 1; }
  // Mini-batches that may be between forward and backward here: N - k.
  int window() const {
    return schedule.kind == ScheduleKind::kOneForwardOneBackward ? stages - stage : 1;
  }
  // Replicas of the stage's modules: one for each mini-batch in flight.
  int slots() const { return window(); }
  bool aggregates() const {
    return schedule.kind == ScheduleKind::kOneForwardOneBackward &&
           schedule.weights == WeightPolicy::kReplicas && slots() > 1;
  }
};

}  // namespace acceptlab
