#include "app/device/control.h"

#include <stdexcept>
#include <utility>

namespace acceptlab::app {

Payload encode_control(const std::string& type, nlohmann::json json) {
  json["type"] = type;
  const std::string text = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return Payload::of({text.begin(), text.end()});
}

Control decode_control(const Payload& head) {
  const Span<const std::uint8_t> bytes = head.bytes();
  nlohmann::json json = nlohmann::json::parse(bytes.begin(), bytes.end(), nullptr, false);
  const auto type = json.is_object() ? json.find("type") : json.end();
  if (type == json.end() || !type->is_string()) {
    throw std::runtime_error("a control message is no JSON object with a 'type'");
  }
  return {type->get<std::string>(), std::move(json)};
}

}  // namespace acceptlab::app
