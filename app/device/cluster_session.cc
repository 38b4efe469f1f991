#include "app/device/cluster_session.h"

#include <optional>
#include <random>
#include <set>
#include <stdexcept>

#include "app/device/control.h"
#include "app/device/conversation.h"
#include "app/device/device_profiling.h"
#include "app/device/epoch_order.h"
#include "app/device/facts.h"
#include "app/device/listening.h"
#include "app/device/readmission.h"
#include "app/device/session.h"
#include "app/device/state_questions.h"
#include "runtime/base/result.h"
#include "runtime/torch/checkpoint_body.h"

namespace acceptlab::app {

namespace {

using device::Arrived;
using device::MessageKind;
using nlohmann::json;

// A worker may be started a little later than the central node. One that is there may have to
// finish a measurement of a session whose central node was killed.
constexpr Duration kGreetingPatience = std::chrono::seconds(60);
constexpr Duration kPatience = std::chrono::minutes(2);
constexpr Duration kProfilePatience = std::chrono::minutes(30);

std::uint64_t draw_session() {
  std::random_device random;
  return std::uint64_t{random()} << 32 | random() | 1U;
}

}  // namespace

class ClusterSession::Impl : private Conversation {
 public:
  Impl(CentralContext& context, const std::vector<ClusterDevice>& devices,
       const scenarios::Scenario& scenario)
      : Conversation(context), devices_(devices), scenario_(scenario) {
    for (std::size_t d = 1; d < devices.size(); ++d) {
      const std::string& name = devices[d].name;
      workers_.push_back(name);
      ids_[name] = DeviceId{static_cast<int>(d)};
      context_.links.connect({name, devices[d].address, public_key_of(name, context_.keyring)});
    }
    context_.links.enter_session(draw_session());
  }

  ~Impl() override {
    if (finished_) return;
    for (const std::string& name : workers_) {
      say(name, "abort", {{"reason", "the central node has ended the session"}});
    }
  }

  void greet() {
    const json facts = session_facts();
    for (const std::string& name : workers_) say(name, "hello", greeting());
    for (const std::string& name : workers_) {
      const Control welcome =
          decode_control(await(name, "welcome", kGreetingPatience, kProfilePatience).head);
      const std::string difference =
          facts_difference(facts, "the central node", facts_of(welcome), "device '" + name + "'");
      if (!difference.empty()) throw std::runtime_error(difference);
    }
    for (const std::string& name : workers_) {
      ask(name, "setup", setup_of(name), "set_up", kPatience);
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
    json.erase("plan");
    readmission_.emplace(
        context_.links, context_.clock,
        Readmission::Steps{
            [this](const std::string& to, const std::string& type, nlohmann::json what,
                   const Payload& with) { say(to, type, std::move(what), with); },
            greeting(), [this](const std::string& name) { return setup_of(name); }, json, body,
            [this](const std::string& name, bool restarted) { welcome_back(name, restarted); },
            context_.log});
    for (const std::string& name : workers_) await(name, "ready", kPatience);
  }

  void record_to(EpochOrder& order) { order_ = &order; }

  void ask_for_records() {
    for (const std::string& name : present()) say(name, "hand_over");
  }

  void control(const Arrived& message) {
    if (message.is_stray || message.envelope.kind != MessageKind::kControl) return;
    const Control control = decode_control(message.head);
    if (gone_.count(message.from) != 0) return on_word_of_lost(message.from, control);
    if (control.type == "records") {
      order_->take(ids_.at(message.from), control.json.at("records"), control.get<bool>("asked"));
    } else if (control.type == "state") {
      take_state(message, control.get<int>("question"));
    } else if (control.type == "bye") {
      gone_.insert(message.from);
    } else if (control.type == "lost") {
      suspect(message.from, control.get<std::string>("device"));
    } else {
      on_any(message.from, control, message);
    }
  }

  void lost(const std::string& device) override {
    if (finishing_) return;  // each leaves when it has said bye
    if (gone_.count(device) != 0) return readmission_->invite(device);
    if (!tell_) {
      throw std::runtime_error("device '" + device +
                               "' is lost: its connection broke, or messages of it are missing");
    }
    context_.log("the connection to device '" + device +
                 "' broke, or messages of it are missing; the devices are asked who is there");
    // So may be what was asked of it, or the answer.
    order_->skip(ids_.at(device));
    states_.give_up(ids_.at(device));
    tell_(ids_.at(device));
  }

  void recovered(const RecoverySample& recovery) {
    context_.log("training goes back to mini-batch " + std::to_string(recovery.resumed_batch) +
                 " of epoch " + std::to_string(recovery.resumed_epoch) + ": " + recovery.what);
    for (const DeviceId device : recovery.lost) {
      context_.log("device '" + name_of(device.value) + "' is lost; training goes on without it");
      gone_.insert(name_of(device.value));
      order_->excuse(device);
      states_.give_up(device);
      readmission_->invite(name_of(device.value));
    }
    for (const DeviceId device : recovery.returned) {
      context_.log("device '" + name_of(device.value) + "' takes part again");
      gone_.erase(name_of(device.value));
      order_->include(device);
    }
    send_plan(recovery.term, recovery.after);
  }

  void survive_losses(std::function<void(DeviceId)> tell, std::function<void(DeviceId)> back) {
    tell_ = std::move(tell);
    back_ = std::move(back);
  }

  void send_plan(std::uint32_t term, const Plan& plan) {
    for (const std::string& name : present()) {
      say(name, "plan", {{"term", term}, {"plan", plan_to_json(plan)}});
    }
  }

  void ask_for_states(std::function<void(States)> then) {
    std::set<DeviceId> asked;
    for (const std::string& name : present()) asked.insert(ids_.at(name));
    const int question = states_.ask(std::move(asked), std::move(then));
    for (const std::string& name : present()) say(name, "state", {{"question", question}});
  }

  void finish() {
    finishing_ = true;
    for (const std::string& name : workers_) {
      const bool takes_part = gone_.count(name) == 0;
      if (takes_part) say(name, "finish");
      if (!takes_part)
        say(name, "abort", {{"reason", "training has finished without this device"}});
    }
    const TimePoint started = context_.clock.now();
    while (gone_.size() < workers_.size() || !states_.empty()) {
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
  json greeting() const { return greeting_of(devices_[0].address); }

  json setup_of(const std::string& name) const {
    return setup_message(scenario_, ids_.at(name), devices_, context_.keyring);
  }

  // What else it says belongs to the part that it had.
  void on_word_of_lost(const std::string& device, const Control& control) {
    if (readmission_ && readmission_->take(device, control)) return;
    if (control.type != "error") return;
    context_.log("device '" + device + "', which is lost: " + control.get<std::string>("message"));
  }

  // A lost device is there again. What it says to others begins a new count where it was started
  // again.
  void welcome_back(const std::string& device, bool restarted) {
    context_.log("device '" + device + "' is there again" +
                 (restarted ? ", started anew" : "; what it sends of the plan before is dropped") +
                 "; it takes part from the next return to a snapshot on");
    for (const std::string& name : present()) {
      if (restarted) say(name, "renew", {{"device", device}});
    }
    back_(ids_.at(device));
  }

  // A worker cannot reach this one any more. The central node may still: where it survives losses,
  // it asks.
  void suspect(const std::string& reporter, const std::string& device) {
    if (device == context_.keyring.name) return lost(reporter);
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

  // What may come at any time.
  void on_any(const std::string& from, const Control& control, const Arrived& arrived) override {
    if (control.type == "probe") return answer_probe(context_.links, context_.clock, arrived);
    if (control.type == "refused") throw std::runtime_error(control.get<std::string>("reason"));
    if (control.type == "lost") return suspect(from, control.get<std::string>("device"));
    if (control.type == "error") {
      throw std::runtime_error("device '" + from + "': " + control.get<std::string>("message"));
    }
    throw std::runtime_error("device '" + from + "' sent '" + control.type + "' unasked");
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

  void take_state(const Arrived& message, int question) {
    Result<torch_stage::Checkpoint> state = torch_stage::decode_checkpoint(
        message.body.has_bytes() ? message.body.bytes() : Span<const std::uint8_t>());
    if (!state) throw std::runtime_error("device '" + message.from + "': " + state.error().message);
    states_.answer(question, ids_.at(message.from), std::move(state).value().units);
  }

  const std::vector<ClusterDevice>& devices_;
  const scenarios::Scenario& scenario_;
  std::vector<std::string> workers_;
  std::map<std::string, DeviceId> ids_;
  StateQuestions states_;
  std::set<std::string> gone_;              // lost, or have said bye
  std::optional<Readmission> readmission_;  // once training has begun
  EpochOrder* order_ = nullptr;
  std::function<void(DeviceId)> tell_;  // empty: no loss is survived
  std::function<void(DeviceId)> back_;
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
void ClusterSession::survive_losses(std::function<void(DeviceId)> tell,
                                    std::function<void(DeviceId)> back) {
  impl_->survive_losses(std::move(tell), std::move(back));
}
void ClusterSession::recovered(const RecoverySample& recovery) { impl_->recovered(recovery); }
void ClusterSession::send_plan(std::uint32_t term, const Plan& plan) {
  impl_->send_plan(term, plan);
}
void ClusterSession::ask_for_states(std::function<void(States)> then) {
  impl_->ask_for_states(std::move(then));
}
void ClusterSession::finish() { impl_->finish(); }

}  // namespace acceptlab::app
