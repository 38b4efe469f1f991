#include "scenarios/fault_rules.h"

#include <initializer_list>
#include <string>

#include "scenarios/value.h"

namespace acceptlab::scenarios {
namespace {

class FaultRules {
 public:
  FaultRules(const Settings& settings, const Scenario& scenario, Diagnostics& problems)
      : settings_(settings), scenario_(scenario), problems_(problems) {}

  void check_recovery() const {
    const RecoverySettings& recovery = scenario_.recovery;
    if (!recovery.enabled) return;
    require(scenario_.schedule.kind != ScheduleKind::kSingle, {"recovery.enabled", "schedule.kind"},
            "must be false with schedule.kind = \"single\": nobody could go on");
    require(
        scenario_.codec.activation_feedback != ActivationFeedback::kDelta,
        {"recovery.enabled", "codec.activation_feedback"},
        "must be false with codec.activation_feedback = \"delta\": what both ends keep of every "
        "sample's activations is in no copy");
    require(recovery.central_copy_every_batches % recovery.replicate_every_batches == 0,
            {"recovery.central_copy_every_batches", "recovery.replicate_every_batches"},
            "must be a multiple of recovery.replicate_every_batches = " +
                std::to_string(recovery.replicate_every_batches) + ", got " +
                std::to_string(recovery.central_copy_every_batches));
    require(recovery.batch_deadline_s + recovery.probe_timeout_s < scenario_.network.stall_limit_s,
            {"recovery.batch_deadline_s", "recovery.probe_timeout_s", "network.stall_limit_s"},
            "must, with recovery.probe_timeout_s, be less than network.stall_limit_s = " +
                toml_text(scenario_.network.stall_limit_s) + " s, which ends the run");
  }

  void check_fault(std::size_t index) const {
    const Fault& fault = scenario_.faults[index];
    const std::string at = "faults[" + std::to_string(index) + "].";
    const std::string kind = "kind = \"" + std::string(to_string(fault.kind)) + "\"";
    require(is_set(at + "kind"), {at + "kind", at + "at_s", at + "at_batch"}, "must be given");
    require(scenario_.schedule.kind != ScheduleKind::kSingle, {at + "kind", "schedule.kind"},
            "must not be given with schedule.kind = \"single\": there is nothing to lose");
    require(fault.at_s.has_value() != (fault.at_batch > 0),
            {at + "at_s", at + "at_batch", at + "kind"},
            "must be given, or at_batch, but not both");
    require(fault.kind != FaultKind::kBandwidth || fault.at_s.has_value(),
            {at + "at_s", at + "at_batch"},
            "must be given with " + kind + ", which is laid out before the run, not at_batch");
    if (is_about_device(fault.kind)) {
      check_device(index, fault, kind);
    } else {
      check_link(index, fault, kind);
    }
  }

 private:
  static bool is_about_device(FaultKind kind) {
    return kind == FaultKind::kKill || kind == FaultKind::kPause || kind == FaultKind::kRestart;
  }
  bool is_set(const std::string& path) const { return settings_.find(path) != nullptr; }

  void check_device(std::size_t index, const Fault& fault, const std::string& kind) const {
    const std::string path = "faults[" + std::to_string(index) + "].device";
    require(is_set(path), {path, "faults[" + std::to_string(index) + "].kind"},
            "must be given with " + kind);
    check_exists(fault.device, path);
    require(fault.device != 0 || fault.kind == FaultKind::kPause || !is_set(path), {path},
            "must not be 0 with " + kind +
                ": without the central node a run ends, and goes on from its checkpoint");
  }

  void check_link(std::size_t index, const Fault& fault, const std::string& kind) const {
    const std::string at = "faults[" + std::to_string(index) + "].";
    require(is_set(at + "from"), {at + "from", at + "kind"}, "must be given with " + kind);
    require(is_set(at + "to"), {at + "to", at + "kind"}, "must be given with " + kind);
    if (!is_set(at + "from") || !is_set(at + "to")) return;
    check_exists(fault.from, at + "from");
    check_exists(fault.to, at + "to");
    require(fault.from != fault.to, {at + "to"}, "a link cannot lead from a device to itself");
  }

  void check_exists(int device, const std::string& path) const {
    const int devices = static_cast<int>(scenario_.devices.size());
    require(device < devices, {path},
            "there is no device " + std::to_string(device) + ", the scenario has " +
                std::to_string(devices) + ", counted from 0");
  }

  void require(bool holds, std::initializer_list<std::string> paths,
               const std::string& rule) const {
    if (!holds) settings_.complain(paths, rule, problems_);
  }

  const Settings& settings_;
  const Scenario& scenario_;
  Diagnostics& problems_;
};

}  // namespace

void check_fault_rules(const Settings& settings, const Scenario& scenario, Diagnostics& problems) {
  const FaultRules rules(settings, scenario, problems);
  rules.check_recovery();
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) rules.check_fault(i);
}

}  // namespace acceptlab::scenarios
