#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/central_node.h"
#include "runtime/ports/batch_source.h"
#include "runtime/ports/checkpoint_store.h"
#include "runtime/ports/recorder.h"
#include "runtime/ports/replanner.h"
#include "runtime/ports/stage_compute.h"
#include "sim/cost_model.h"
#include "sim/faults.h"
#include "sim/network.h"
#include "sim/virtual_time.h"

namespace acceptlab::sim {

// One emulated device; what it points to outlives the emulation.
struct EmulatedDevice {
  DeviceId id;
  StageCompute* compute = nullptr;  // the stage that the first plan gives it
  const CostModel* cost = nullptr;
};

struct EmulationOptions {
  CentralConfig central;
  std::vector<EmulatedDevice> devices;  // all that a plan may use; [0] is the central node
  Replanner* replanner = nullptr;       // null: the plan stays; outlives the emulation
  // Virtual time without a byte arriving or an operation running, after which the run fails.
  Duration stall_limit = std::chrono::minutes(5);
  std::vector<Fault> faults;
  // True: the run is to stop as CentralNode::stop() says. Asked before every operation; may be
  // empty.
  std::function<bool()> stop_wanted;
};

// The emulated world: virtual time, an emulated network, and processors whose operations are
// computed at once on this host and end in virtual time after what they cost.
class Emulation {
 public:
  using NetworkFactory = std::function<std::unique_ptr<Network>(Network::Delivered)>;

  // All arguments outlive the emulation. `checkpoints` may be null.
  Emulation(EmulationOptions options, VirtualTime& time, const NetworkFactory& make_network,
            BatchSource& source, Recorder& recorder, CheckpointStore* checkpoints);
  ~Emulation();
  Emulation(const Emulation&) = delete;
  Emulation& operator=(const Emulation&) = delete;

  // Runs all epochs and returns what the links carried. Returns kTimeout, naming link, batch and
  // faults, where nothing moves any more, and kPeerLost where the central node gives up. Rethrows
  // what a stage's numerics threw. To be called once.
  Result<std::vector<LinkUse>> run();

  // Those for which the run was too short.
  std::vector<Fault> faults_to_come() const;

 private:
  class World;
  std::unique_ptr<World> world_;
};

}  // namespace acceptlab::sim
