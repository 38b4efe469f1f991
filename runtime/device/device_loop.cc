#include "runtime/device/device_loop.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <utility>

#include "runtime/base/check.h"

namespace acceptlab::device {

namespace {

Duration scaled(Duration time, double factor) {
  return Duration(static_cast<std::int64_t>(static_cast<double>(time.count()) * factor));
}

// An operation tells its parts by the processor time of its thread. On a real device it lasts what
// a clock on the wall shows: parts keep their shares.
OpCost stretched(const OpCost& cost, Duration wall) {
  if (cost.total() <= Duration(0)) {
    OpCost all;
    all.update = wall;
    return all;
  }
  const double factor =
      static_cast<double>(wall.count()) / static_cast<double>(cost.total().count());
  return {scaled(cost.decode, factor), scaled(cost.forward, factor), scaled(cost.backward, factor),
          scaled(cost.encode, factor), scaled(cost.update, factor)};
}

OpResult perform_timed(StageCompute& compute, const Op& op) {
  const auto started = std::chrono::steady_clock::now();
  OpResult result = compute.perform(op);
  result.cost = stretched(result.cost, std::chrono::steady_clock::now() - started);
  return result;
}

}  // namespace

DeviceLoop::DeviceLoop(DeviceId self, std::vector<std::string> names, SocketLinks& links,
                       SteadyClock& clock, WorkThread& work, LoopHandlers handlers)
    : self_(self),
      names_(std::move(names)),
      links_(links),
      clock_(clock),
      work_(work),
      handlers_(std::move(handlers)) {
  for (std::size_t d = 0; d < names_.size(); ++d) ids_[names_[d]] = DeviceId{static_cast<int>(d)};
}

// The work thread serves the next training too, which must not see what this one left there.
DeviceLoop::~DeviceLoop() { work_.drop_finished(); }

void DeviceLoop::send(DeviceId to, Frame frame) {
  if (to == self_) {
    local_.push_back({std::move(frame), clock_.now()});
    return;
  }
  const FrameHeader header = encode_header(frame);
  links_.send(names_.at(static_cast<std::size_t>(to.value)), MessageKind::kFrame, clock_.now(),
              Payload::of({header.begin(), header.end()}), frame.payload);
}

void DeviceLoop::run(Op op) {
  ACCEPTLAB_CHECK(compute_ != nullptr);
  const auto result = std::make_shared<OpResult>();
  work_.post(
      [compute = compute_, result, op = std::move(op)] { *result = perform_timed(*compute, op); },
      [this, result] {
        if (node_ != nullptr) node_->complete(*result);
      });
}

void DeviceLoop::step(Duration at_most) {
  links_.wait(local_.empty() ? until_due(at_most) : Duration(0), work_.finished_fd());
  work_.run_finished();
  fire_due();
  deliver_local();
  // Not more than one: what it causes must not starve what has finished meanwhile.
  const std::optional<Arrived> arrived = links_.receive();
  // What is missing should have come before it.
  for (const std::string& name : links_.take_lost()) handlers_.lost(name);
  if (arrived) deliver(*arrived);
}

// Not longer than until the next timer.
Duration DeviceLoop::until_due(Duration at_most) const {
  const TimePoint now = clock_.now();
  for (const auto& entry : armed_) at_most = std::min(at_most, entry.second - now);
  return std::max(at_most, Duration(0));
}

// One at a time: what it causes may disarm another.
void DeviceLoop::fire_due() {
  const TimePoint now = clock_.now();
  const auto due = std::find_if(armed_.begin(), armed_.end(),
                                [now](const auto& entry) { return entry.second <= now; });
  if (due == armed_.end()) return;
  const TimerId timer = due->first;
  armed_.erase(due);
  if (node_ != nullptr) node_->fire(timer);
}

void DeviceLoop::deliver_local() {
  if (local_.empty()) return;
  const LocalFrame next = std::move(local_.front());
  local_.pop_front();
  deliver(self_, next.frame, next.sent);
}

void DeviceLoop::deliver(DeviceId from, const Frame& frame, TimePoint sent) {
  if (node_ == nullptr) return;
  if (handlers_.frame) handlers_.frame(from, frame);
  node_->deliver(from, frame, sent);
}

void DeviceLoop::deliver(const Arrived& arrived) {
  if (arrived.envelope.kind == MessageKind::kControl) return handlers_.control(arrived);
  const auto from = ids_.find(arrived.from);
  if (arrived.is_stray || node_ == nullptr || from == ids_.end()) return;
  Result<DecodedHeader> header = decode_header(arrived.head.bytes());
  if (!header || header.value().payload_size != arrived.body.size()) {
    throw std::runtime_error(
        "device '" + arrived.from + "' sent a frame that is none: " +
        (header ? "its payload has another size than its header says" : header.error().message));
  }
  Frame frame = std::move(header).value().frame;
  frame.payload = arrived.body;
  deliver(from->second, frame, arrived.envelope.sent);
}

}  // namespace acceptlab::device
