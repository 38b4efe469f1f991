#include "app/device/facts.h"

#include <stdexcept>

namespace acceptlab::app {

using nlohmann::json;

json facts_of(const Control& control) {
  json facts = control.get<json>("facts");
  if (!facts.is_object()) {
    throw std::runtime_error("control message '" + control.type + "' has no proper 'facts'");
  }
  return facts;
}

std::string facts_difference(const json& one, const std::string& one_name, const json& other,
                             const std::string& other_name) {
  // A peer may say anything: what is printed has to be text.
  const auto value_in = [](const json& facts, const std::string& key) {
    const auto found = facts.find(key);
    return found == facts.end() ? std::string("nothing")
                                : found->dump(-1, ' ', false, json::error_handler_t::replace);
  };
  json keys = one;
  keys.update(other);
  for (const auto& [key, unused] : keys.items()) {
    const std::string a = value_in(one, key);
    const std::string b = value_in(other, key);
    if (a != b)
      return key + " differs: " + one_name + " has " + a + ", " + other_name + " has " + b;
  }
  return "";
}

}  // namespace acceptlab::app
