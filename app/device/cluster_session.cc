#include "app/device/cluster_session.h"

#include <deque>
#include <random>
#include <set>
#include <stdexcept>

#include "app/device/control.h"
#include "app/device/device_profiling.h"
#include "app/device/epoch_order.h"
#include "app/device/session.h"
#include "runtime/base/result.h"
#include "runtime/torch/checkpoint_body.h"

namespace acceptlab::app {

namespace {

using device::Arrived;
using device::MessageKind;
using nlohmann::json;

// A worker may be started a little later than the central node.
constexpr Duration kGreetingPatience = std::chrono::seconds(60);
constexpr Duration kPatience = std::chrono::minutes(2);
constexpr Duration kProfilePatience = std::chrono::minutes(30);
constexpr Duration kGlance = std::chrono::milliseconds(200);  // between looks at a signal
constexpr int kClockPings = 20;

std::uint64_t draw_session() {
  std::random_device random;
  return std::uint64_t{random()} << 32 | random() | 1U;
}

}  // namespace

class ClusterSession::Impl {
 public:
  Impl(CentralContext& context, const std::vector<ClusterDevice>& devices,
       const scenarios::Scenario& scenario)
      : context_(context), devices_(devices), scenario_(scenario) {
    for (std::size_t d = 1; d < devices.size(); ++d) {
      const std::string& name = devices[d].name;
      workers_.push_back(name);
      ids_[name] = DeviceId{static_cast<int>(d)};
      context_.links.connect({name, devices[d].address, key_of(name)});
    }
    context_.links.enter_session(draw_session());
  }

  ~Impl() {
    if (finished_) return;
    for (const std::string& name : workers_) {
      say(name, "abort", {{"reason", "the central node has ended the session"}});
    }
  }

  void greet() {
    const json facts = session_facts();
    for (const std::string& name : workers_) {
      say(name, "hello", {{"endpoint", devices_[0].address}, {"facts", facts}});
    }
    for (const std::string& name : workers_) {
      const Control welcome = decode_control(await(name, "welcome", kGreetingPatience).head);
      const std::string difference = facts_difference(
          facts, "the central node", welcome.json.at("facts"), "device '" + name + "'");
      if (!difference.empty()) throw std::runtime_error(difference);
    }
    json others = json::array();
    for (const ClusterDevice& device : devices_) {
      others.push_back({{"name", device.name},
                        {"endpoint", device.address},
                        {"public_key", key_of(device.name)}});
    }
    for (const std::string& name : workers_) {
      ask(name, "setup",
          {{"scenario", worker_scenario(scenario_)},
           {"device", ids_.at(name).value},
           {"devices", others}},
          "set_up", kPatience);
    }
  }

  DeviceProfiles profile(const std::vector<UnitRange>& sub_models) {
    context_.log("measuring all " + std::to_string(devices_.size()) + " devices");
    for (const std::string& name : workers_) order_profile(name, true, sub_models);
    DeviceProfiles profiles;
    profiles.push_back(profile_device(context_.work, scenario_, devices_[0].name, sub_models));
    for (const std::string& name : workers_) {
      profiles.push_back(await_profile(name));
      context_.log("device '" + name + "' is measured");
    }
    return profiles;
  }

  void profile_stages(const Plan& plan, DeviceProfiles& profiles) {
    for (const PlannedStage& stage : plan.stages) {
      if (stage.device != kCentralNode)
        order_profile(name_of(stage.device.value), false, {stage.units});
    }
    for (const PlannedStage& stage : plan.stages) {
      if (stage.device != kCentralNode) continue;
      profile_sub_models(context_.work, scenario_, {stage.units}, profiles.front());
    }
    for (const PlannedStage& stage : plan.stages) {
      if (stage.device == kCentralNode) continue;
      profiles[static_cast<std::size_t>(stage.device.value)] =
          await_profile(name_of(stage.device.value));
    }
  }

  MeasuredLinks measure_links() {
    MeasuredLinks links;
    const int count = static_cast<int>(devices_.size());
    for (int from = 0; from < count; ++from) {
      for (int to = 0; to < count; ++to) {
        if (from != to) links[{from, to}] = measure_link(name_of(from), name_of(to), from == 0);
      }
    }
    return links;
  }

  void compare_clocks() {
    for (const std::string& name : workers_) {
      Duration shortest = Duration::max();
      Duration ahead{0};
      for (int i = 0; i < kClockPings; ++i) {
        const TimePoint asked = context_.clock.now();
        const Control answer = ask(name, "clock", json::object(), "clock", kPatience);
        const Duration round_trip = context_.clock.now() - asked;
        if (round_trip >= shortest) continue;
        shortest = round_trip;
        ahead = TimePoint(Duration(answer.get<std::int64_t>("now_ns"))) - (asked + round_trip / 2);
      }
      say(name, "shift_clock", {{"by_ns", -ahead.count()}});
    }
  }

  void begin(const Plan& plan, const Training& training,
             const torch_stage::Checkpoint* checkpoint) {
    Payload body;
    if (checkpoint != nullptr) body = Payload::of(torch_stage::encode_checkpoint(*checkpoint));
    json json = training_to_json(training);
    json["plan"] = plan_to_json(plan);
    for (const std::string& name : workers_) say(name, "begin", json, body);
    for (const std::string& name : workers_) await(name, "ready", kPatience);
  }

  void record_to(EpochOrder& order) { order_ = &order; }

  void ask_for_records() {
    for (const std::string& name : present()) say(name, "hand_over");
  }

  void control(const Arrived& message) {
    if (message.is_stray || message.envelope.kind != MessageKind::kControl) return;
    const Control control = decode_control(message.head);
    if (control.type == "records") {
      order_->take(ids_.at(message.from), control.json.at("records"), control.get<bool>("asked"));
    } else if (control.type == "state") {
      take_state(message);
    } else if (control.type == "bye") {
      gone_.insert(message.from);
    } else if (control.type == "lost") {
      suspect(control.get<std::string>("device"));
    } else {
      on_any(message.from, control, message);
    }
  }

  void lost(const std::string& device) {
    if (finishing_ || gone_.count(device) != 0) return;  // each leaves when it has said bye
    if (!tell_) {
      throw std::runtime_error("device '" + device +
                               "' is lost: its connection broke, or messages of it are missing");
    }
    context_.log("device '" + device + "' is lost; training goes on without it");
    gone_.insert(device);
    order_->excuse(ids_.at(device));
    for (StateQuestion& question : pending_) {
      if (question.states.count(ids_.at(device)) == 0) --question.missing;
    }
    settle_states();
    tell_(ids_.at(device));
  }

  void survive_losses(std::function<void(DeviceId)> tell) { tell_ = std::move(tell); }

  void send_plan(std::uint32_t term, const Plan& plan) {
    for (const std::string& name : present()) {
      say(name, "plan", {{"term", term}, {"plan", plan_to_json(plan)}});
    }
  }

  void ask_for_states(std::function<void(States)> then) {
    // One after the other: the answers to an earlier question come first.
    const std::vector<std::string> asked = present();
    pending_.push_back({asked.size(), {}, std::move(then)});
    for (const std::string& name : asked) say(name, "state");
    settle_states();
  }

  void finish() {
    finishing_ = true;
    for (const std::string& name : present()) say(name, "finish");
    const TimePoint started = context_.clock.now();
    while (gone_.size() < workers_.size() || !pending_.empty()) {
      context_.links.wait(kGlance, -1);
      if (const std::optional<Arrived> arrived = context_.links.receive()) {
        control(*arrived);
      }
      for (const std::string& name : context_.links.take_lost()) lost(name);
      if (context_.clock.now() - started > kPatience) {
        throw std::runtime_error("workers do not hand over their records");
      }
    }
    finished_ = true;
  }

 private:
  struct StateQuestion {
    std::size_t missing;
    States states;
    std::function<void(States)> then;
  };

  // A worker cannot reach this one any more. The central node may still: where it survives losses,
  // it asks.
  void suspect(const std::string& device) {
    const auto id = ids_.find(device);
    if (id == ids_.end() || gone_.count(device) != 0) return;
    if (tell_) return tell_(id->second);
    lost(device);
  }

  // Those that can still be reached.
  std::vector<std::string> present() const {
    std::vector<std::string> names;
    for (const std::string& name : workers_) {
      if (gone_.count(name) == 0) names.push_back(name);
    }
    return names;
  }

  const std::string& name_of(int device) const {
    return devices_[static_cast<std::size_t>(device)].name;
  }

  std::string key_of(const std::string& name) const {
    if (name == context_.keyring.name) return context_.keyring.keys.public_key;
    const auto known = context_.keyring.known.find(name);
    return known == context_.keyring.known.end() ? "" : known->second;
  }

  void say(const std::string& to, const std::string& type, json json = json::object(),
           const Payload& body = {}) {
    context_.links.send(to, MessageKind::kControl, context_.clock.now(),
                        encode_control(type, std::move(json)), body);
  }

  // What may come at any time.
  void on_any(const std::string& from, const Control& control, const Arrived& arrived) {
    if (control.type == "probe") return answer_probe(context_.links, context_.clock, arrived);
    if (control.type == "refused") throw std::runtime_error(control.get<std::string>("reason"));
    if (control.type == "lost") return suspect(control.get<std::string>("device"));
    if (control.type == "error") {
      throw std::runtime_error("device '" + from + "': " + control.get<std::string>("message"));
    }
    throw std::runtime_error("device '" + from + "' sent '" + control.type + "' unasked");
  }

  Arrived await(const std::string& from, const std::string& type, Duration patience) {
    for (auto at = early_.begin(); at != early_.end(); ++at) {
      if (at->from != from || decode_control(at->head).type != type) continue;
      Arrived arrived = std::move(*at);
      early_.erase(at);
      return arrived;
    }
    const TimePoint started = context_.clock.now();
    while (context_.clock.now() - started < patience) {
      if (context_.interrupted()) throw std::runtime_error("interrupted");
      context_.links.wait(kGlance, -1);
      // A worker that is not there yet is no lost one.
      for (const std::string& name : context_.links.take_lost()) {
        if (type != "welcome") lost(name);
      }
      std::optional<Arrived> arrived = context_.links.receive();
      if (!arrived || arrived->is_stray || arrived->envelope.kind != MessageKind::kControl)
        continue;
      const Control control = decode_control(arrived->head);
      if (arrived->from == from && control.type == type) return std::move(*arrived);
      if (control.type == type) {
        early_.push_back(std::move(*arrived));
        continue;
      }
      on_any(arrived->from, control, *arrived);
    }
    throw std::runtime_error("device '" + from + "' does not answer within " +
                             std::to_string(static_cast<int>(to_seconds(patience))) + " s");
  }

  Control ask(const std::string& name, const std::string& type, json json, const std::string& reply,
              Duration patience) {
    say(name, type, std::move(json));
    return decode_control(await(name, reply, patience).head);
  }

  // Of all devices before the first is awaited: each is then measured beside the others, as they
  // compute in training. Devices that share a host's caches are slower so.
  void order_profile(const std::string& name, bool units,
                     const std::vector<UnitRange>& sub_models) {
    say(name, "profile", {{"units", units}, {"sub_models", ranges_to_json(sub_models)}});
  }
  DeviceProfile await_profile(const std::string& name) {
    const Control answer = decode_control(await(name, "profile", kProfilePatience).head);
    return profile_of(answer.get<std::string>("profile"));
  }

  LinkMeasurement measure_link(const std::string& from, const std::string& to, bool by_central) {
    if (by_central) return probe_link(context_.links, context_.clock, to, kPatience);
    const Control answer =
        ask(from, "probe_link", {{"to", to}, {"patience_ns", Duration(kPatience).count()}}, "link",
            kProfilePatience);
    return {BitsPerSecond(answer.get<std::int64_t>("rate_bit_s")),
            Duration(answer.get<std::int64_t>("latency_ns"))};
  }

  void take_state(const Arrived& message) {
    Result<torch_stage::Checkpoint> state = torch_stage::decode_checkpoint(
        message.body.has_bytes() ? message.body.bytes() : Span<const std::uint8_t>());
    if (!state) throw std::runtime_error("device '" + message.from + "': " + state.error().message);
    const DeviceId device = ids_.at(message.from);
    for (StateQuestion& question : pending_) {
      if (question.states.count(device) != 0) continue;
      question.states[device] = std::move(state).value().units;
      --question.missing;
      break;
    }
    settle_states();
  }

  void settle_states() {
    while (!pending_.empty() && pending_.front().missing == 0) {
      StateQuestion question = std::move(pending_.front());
      pending_.pop_front();
      question.then(std::move(question.states));
    }
  }

  CentralContext& context_;
  const std::vector<ClusterDevice>& devices_;
  const scenarios::Scenario& scenario_;
  std::vector<std::string> workers_;
  std::map<std::string, DeviceId> ids_;
  std::deque<Arrived> early_;  // answers that another device gave sooner
  std::deque<StateQuestion> pending_;
  std::set<std::string> gone_;
  EpochOrder* order_ = nullptr;
  std::function<void(DeviceId)> tell_;  // empty: no loss is survived
  bool finishing_ = false;
  bool finished_ = false;
};

ClusterSession::ClusterSession(CentralContext& context, const std::vector<ClusterDevice>& devices,
                               const scenarios::Scenario& scenario)
    : impl_(std::make_unique<Impl>(context, devices, scenario)) {}
ClusterSession::~ClusterSession() = default;

void ClusterSession::greet() { impl_->greet(); }
DeviceProfiles ClusterSession::profile(const std::vector<UnitRange>& sub_models) {
  return impl_->profile(sub_models);
}
void ClusterSession::profile_stages(const Plan& plan, DeviceProfiles& profiles) {
  impl_->profile_stages(plan, profiles);
}
MeasuredLinks ClusterSession::measure_links() { return impl_->measure_links(); }
void ClusterSession::compare_clocks() { impl_->compare_clocks(); }
void ClusterSession::begin(const Plan& plan, const Training& training,
                           const torch_stage::Checkpoint* checkpoint) {
  impl_->begin(plan, training, checkpoint);
}
void ClusterSession::record_to(EpochOrder& order) { impl_->record_to(order); }
void ClusterSession::ask_for_records() { impl_->ask_for_records(); }
void ClusterSession::control(const device::Arrived& message) { impl_->control(message); }
void ClusterSession::lost(const std::string& device) { impl_->lost(device); }
void ClusterSession::survive_losses(std::function<void(DeviceId)> tell) {
  impl_->survive_losses(std::move(tell));
}
void ClusterSession::send_plan(std::uint32_t term, const Plan& plan) {
  impl_->send_plan(term, plan);
}
void ClusterSession::ask_for_states(std::function<void(States)> then) {
  impl_->ask_for_states(std::move(then));
}
void ClusterSession::finish() { impl_->finish(); }

}  // namespace acceptlab::app
