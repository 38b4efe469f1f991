#include "app/device/worker_session.h"

#include <stdexcept>
#include <utility>
#include <vector>

#include "app/device/control.h"
#include "app/device/device_part.h"
#include "app/device/device_profiling.h"
#include "app/device/facts.h"
#include "app/device/link_probe.h"
#include "app/device/record_json.h"
#include "app/device/session.h"
#include "results/profile_json.h"
#include "runtime/device/device_loop.h"
#include "runtime/torch/checkpoint_body.h"
#include "runtime/torch/profile.h"
#include "runtime/torch/setup.h"
#include "scenarios/load.h"

namespace acceptlab::app {

namespace {

using device::Arrived;
using device::MessageKind;
using nlohmann::json;

// So many records are kept before they are sent while training goes on.
constexpr std::size_t kManyRecords = 20'000;
// For the central node to be heard of again once a connection to it broke.
constexpr Duration kPatience = std::chrono::seconds(30);

// What a message of another session says; nothing where it cannot be read.
std::string type_of(const Arrived& message) {
  try {
    return decode_control(message.head).type;
  } catch (const std::runtime_error&) {
    return "";
  }
}

// To take part in a training that is under way.
bool is_invitation(const Arrived& message) { return type_of(message) == "rejoin"; }

}  // namespace

class WorkerSession::Impl {
 public:
  Impl(WorkerContext& context, const Arrived& hello) : context_(context), central_(hello.from) {
    try {
      begin(hello);
    } catch (const std::exception& error) {
      over_ = true;
      context_.log(std::string("session refused: ") + error.what());
    }
  }

  void step(Duration at_most) {
    try {
      if (loop_) {
        loop_->step(at_most);
        leave_if_forgotten();
        if (records_.size() >= kManyRecords) send_records(false);
      } else {
        wait_for_setup(at_most);
      }
    } catch (const std::exception& error) {
      context_.log(std::string("session ends: ") + error.what());
      reply("error", {{"message", error.what()}});
      over_ = true;
    }
  }

  bool over() const { return over_; }
  std::unique_ptr<Arrived> take_next_hello() { return std::move(next_hello_); }

 private:
  void begin(const Arrived& hello) {
    const Control greeting = decode_control(hello.head);
    context_.links.connect({central_, greeting.get<std::string>("endpoint"),
                            public_key_of(central_, context_.keyring)});
    context_.links.enter_session(hello.envelope.session, &hello);
    const json mine = session_facts();
    const std::string difference = facts_difference(facts_of(greeting), "the central node", mine,
                                                    "device '" + context_.keyring.name + "'");
    if (!difference.empty()) {
      over_ = true;
      context_.log("session refused: " + difference);
      reply("refused", {{"reason", difference}});
      return;
    }
    context_.log("session with '" + central_ + "' begins");
    reply("welcome", {{"facts", mine}});
  }

  void wait_for_setup(Duration at_most) {
    context_.links.wait(at_most, -1);
    if (const std::optional<Arrived> arrived = context_.links.receive()) on_control(*arrived);
    for (const std::string& name : context_.links.take_lost()) on_lost(name);
  }

  // Where training survives losses, the central node is told, once it can be: it finds out who is
  // there, and has all go back to what they know for certain.
  void on_lost(const std::string& name) {
    if (name == central_ && !(part_ && scenario_.recovery.enabled)) {
      context_.log("session ends: the connection to the central node is lost");
      over_ = true;
      return;
    }
    if (!loop_) return;  // a connection of the session before; new ones are made at set-up
    reply("lost", {{"device", name}});
    if (name != central_) return;
    context_.log("the connection to the central node broke, or messages of it are missing");
    part_->node().lose_track();
    if (!unheard_since_) unheard_since_ = context_.clock.now();
  }

  void leave_if_forgotten() {
    if (!unheard_since_ || context_.clock.now() - *unheard_since_ < kPatience) return;
    context_.log("session ends: the central node has not been heard of since");
    over_ = true;
  }

  void on_control(const Arrived& arrived) {
    // An invitation to another session is late: its central node has begun this one since.
    if (is_hello(arrived) && !is_invitation(arrived)) {
      next_hello_ = std::make_unique<Arrived>(arrived);
      over_ = true;
      return;
    }
    if (arrived.is_stray || arrived.envelope.kind != MessageKind::kControl) return;
    if (arrived.from == central_) unheard_since_.reset();
    const Control control = decode_control(arrived.head);
    if (control.type == "probe") return answer_probe(context_.links, context_.clock, arrived);
    if (arrived.from != central_) return;  // everything else is the central node's to say
    if (control.type == "clock")
      return reply("clock", {{"now_ns", context_.clock.now().time_since_epoch().count()}});
    if (control.type == "shift_clock")
      return context_.clock.shift(Duration(control.get<std::int64_t>("by_ns")));
    if (control.type == "setup") return on_setup(control);
    if (control.type == "profile") return on_profile(control);
    if (control.type == "probe_link") return on_probe_link(control);
    if (control.type == "begin") return on_begin(control, arrived);
    if (control.type == "plan") return on_plan(control);
    if (control.type == "state") return send_state(control);
    if (control.type == "rejoin") return on_rejoin();
    if (control.type == "renew")
      return context_.links.expect_anew(control.get<std::string>("device"));
    if (control.type == "hand_over") return send_records(true);
    if (control.type == "finish") return on_finish();
    if (control.type == "abort") {
      context_.log("session ends: " + control.get<std::string>("reason"));
      over_ = true;
      return;
    }
    throw std::runtime_error("control message '" + control.type + "' is unknown");
  }

  void on_rejoin() {
    context_.log("this device was taken for lost: training goes on without it for now");
    reply("here");
  }

  void on_setup(const Control& control) {
    const auto document = scenarios::parse_document(control.get<std::string>("scenario"),
                                                    "scenario of " + central_, {});
    scenario_ = scenarios::load_scenario(document);
    self_ = DeviceId{control.get<int>("device")};
    std::vector<std::string> names;
    for (const json& item : control.json.at("devices")) {
      const device::Peer peer{item.at("name"), item.at("endpoint"), item.at("public_key")};
      names.push_back(peer.name);
      if (peer.name == context_.keyring.name || peer.name == central_) continue;
      context_.links.connect(peer);
    }
    loop_.emplace(self_, names, context_.links, context_.clock, context_.work,
                  device::LoopHandlers{[this](const Arrived& a) { on_control(a); },
                                       [this](const std::string& name) { on_lost(name); },
                                       [this](DeviceId from, const Frame&) {
                                         if (from == kCentralNode) unheard_since_.reset();
                                       }});
    context_.work.run(
        [&] { torch_stage::initialise_torch(static_cast<std::uint64_t>(scenario_.seed)); });
    profile_ = torch_stage::describe_model(
        {scenario_.model.name, scenario_.model.width, scenario_.model.classes});
    reply("set_up", {{"units", profile_.units.size()}});
  }

  void on_profile(const Control& control) {
    const std::vector<UnitRange> sub_models = ranges_of(control.json.at("sub_models"));
    if (control.get<bool>("units")) {
      profile_ = profile_device(context_.work, scenario_, context_.keyring.name, sub_models);
    } else {
      profile_sub_models(context_.work, scenario_, sub_models, profile_);
    }
    reply("profile", {{"profile", results::profile_to_json(profile_)}});
  }

  void on_probe_link(const Control& control) {
    const LinkMeasurement link =
        probe_link(context_.links, context_.clock, control.get<std::string>("to"),
                   Duration(control.get<std::int64_t>("patience_ns")));
    reply("link", {{"rate_bit_s", link.rate.count()}, {"latency_ns", link.latency.count()}});
  }

  void on_begin(const Control& control, const Arrived& arrived) {
    training_ = training_of(control.json, scenario_);
    profiles_.assign(scenario_.devices.size(), profile_);
    // None: training is under way, and this device has no part in it yet.
    const Plan plan = control.json.contains("plan") ? plan_of(control.json.at("plan")) : Plan{};
    const DevicePart::Setting setting{scenario_, self_, plan, training_, profiles_, {}};
    part_ = std::make_unique<DevicePart>(setting, *loop_, context_.clock, context_.work, records_,
                                         nullptr, nullptr, nullptr);
    if (arrived.body.size() > Bytes(0)) {
      const auto checkpoint = torch_stage::decode_checkpoint(arrived.body.bytes());
      if (!checkpoint) throw std::runtime_error(checkpoint.error().message);
      part_->load(checkpoint.value().units);
    }
    reply("ready");
  }

  void on_plan(const Control& control) {
    if (part_)
      part_->plans().add(control.get<std::uint32_t>("term"), plan_of(control.json.at("plan")));
  }

  void send_state(const Control& control) {
    if (!part_) throw std::runtime_error("there is no state before training has begun");
    torch_stage::Checkpoint checkpoint;
    checkpoint.header.plan = part_->plans().newest();
    checkpoint.units = part_->state();
    reply("state", {{"question", control.get<int>("question")}},
          Payload::of(torch_stage::encode_checkpoint(checkpoint)));
  }

  void send_records(bool asked) {
    reply("records", {{"records", records_.take()}, {"asked", asked}});
  }

  void on_finish() {
    send_records(false);
    reply("bye");
    context_.log("session ends: training has finished");
    over_ = true;
  }

  void reply(const std::string& type, json json = nlohmann::json::object(),
             const Payload& body = {}) {
    context_.links.send(central_, MessageKind::kControl, context_.clock.now(),
                        encode_control(type, std::move(json)), body);
  }

  WorkerContext& context_;
  const std::string central_;
  bool over_ = false;
  std::unique_ptr<Arrived> next_hello_;
  std::optional<TimePoint> unheard_since_;  // the central node: its connection had broken
  scenarios::Scenario scenario_;
  DeviceId self_;
  Training training_;
  DeviceProfile profile_;    // of this device
  DeviceProfiles profiles_;  // this device's for all: nobody asks for another's here
  RecordBuffer records_;
  std::optional<device::DeviceLoop> loop_;
  std::unique_ptr<DevicePart> part_;
};

WorkerSession::WorkerSession(WorkerContext& context, const Arrived& hello)
    : impl_(std::make_unique<Impl>(context, hello)) {}
WorkerSession::~WorkerSession() = default;

void WorkerSession::step(Duration at_most) { impl_->step(at_most); }
bool WorkerSession::over() const { return impl_->over(); }
std::unique_ptr<Arrived> WorkerSession::take_next_hello() { return impl_->take_next_hello(); }

bool is_hello(const Arrived& message) {
  if (message.envelope.kind != MessageKind::kControl || !message.is_stray) return false;
  return is_invitation(message) || (message.envelope.sequence == 0 && type_of(message) == "hello");
}

}  // namespace acceptlab::app
