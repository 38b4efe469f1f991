#include "app/device/conversation.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "app/device/listening.h"

namespace acceptlab::app {

using device::Arrived;
using device::MessageKind;

void Conversation::say(const std::string& to, const std::string& type, nlohmann::json json,
                       const Payload& body) {
  context_.links.send(to, MessageKind::kControl, context_.clock.now(),
                      encode_control(type, std::move(json)), body);
}

Arrived Conversation::await(const std::string& from, const std::string& type, Duration patience,
                            Duration while_reached) {
  for (auto at = early_.begin(); at != early_.end(); ++at) {
    if (at->from != from || decode_control(at->head).type != type) continue;
    Arrived arrived = std::move(*at);
    early_.erase(at);
    return arrived;
  }
  const TimePoint started = context_.clock.now();
  const auto limit = [&] {
    return context_.links.reaches(from) ? std::max(patience, while_reached) : patience;
  };
  while (context_.clock.now() - started < limit()) {
    if (context_.interrupted()) throw std::runtime_error("interrupted");
    context_.links.wait(kGlance, -1);
    // A worker that is not there yet is no lost one.
    for (const std::string& name : context_.links.take_lost()) {
      if (type != "welcome") lost(name);
    }
    std::optional<Arrived> arrived = context_.links.receive();
    if (!arrived || arrived->is_stray || arrived->envelope.kind != MessageKind::kControl) continue;
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

Control Conversation::ask(const std::string& name, const std::string& type, nlohmann::json json,
                          const std::string& reply, Duration patience) {
  say(name, type, std::move(json));
  return decode_control(await(name, reply, patience).head);
}

}  // namespace acceptlab::app
