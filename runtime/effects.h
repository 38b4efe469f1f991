#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/base/ids.h"
#include "runtime/frame.h"
#include "runtime/operation.h"
#include "runtime/run_position.h"
#include "runtime/samples.h"

namespace acceptlab {

struct SendFrame {
  DeviceId to;
  Frame frame;
};
struct RunOp {
  Op op;
};
struct ArmTimer {
  TimerId timer;
  TimePoint at{};
};
struct DisarmTimer {
  TimerId timer;
};
// All stages are drained: from what they hold now training goes on at `next`.
struct SaveCheckpoint {
  RunPosition next;
};
struct FinishRun {};
// The run cannot go on.
struct FailRun {
  std::string why;
};

using Effect = std::variant<SendFrame, RunOp, ArmTimer, DisarmTimer, StageSample, BatchSample,
                            EpochSample, RepartitionSample, ReplicationSample, RecoverySample,
                            SaveCheckpoint, FinishRun, FailRun>;

// What a machine wants done, in order. The driver does it after handle() has returned.
class Effects {
 public:
  void send(DeviceId to, Frame frame) { list_.push_back(SendFrame{to, std::move(frame)}); }
  void run(Op op) { list_.push_back(RunOp{std::move(op)}); }
  // See the port Timers.
  void arm(TimerId timer, TimePoint at) { list_.push_back(ArmTimer{timer, at}); }
  void disarm(TimerId timer) { list_.push_back(DisarmTimer{timer}); }
  template <typename Sample>
  void record(const Sample& sample) {
    list_.push_back(sample);
  }
  void save_checkpoint(const RunPosition& next) { list_.push_back(SaveCheckpoint{next}); }
  void finish() { list_.push_back(FinishRun{}); }
  void fail(std::string why) { list_.push_back(FailRun{std::move(why)}); }

  const std::vector<Effect>& list() const { return list_; }

 private:
  std::vector<Effect> list_;
};

}  // namespace acceptlab
