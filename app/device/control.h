#pragma once

// For .cc files and headers of this folder only: it brings in the JSON library.

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "runtime/payload.h"

namespace acceptlab::app {

// A control message: a JSON object whose "type" says what it is about.
struct Control {
  std::string type;
  nlohmann::json json;

  // Of a required key. Throws std::runtime_error where it is missing or of another type.
  template <typename T>
  T get(const char* key) const {
    try {
      return json.at(key).get<T>();
    } catch (const nlohmann::json::exception&) {
      throw std::runtime_error("control message '" + type + "' has no proper '" + key + "'");
    }
  }
};

Payload encode_control(const std::string& type, nlohmann::json json = nlohmann::json::object());
// Throws std::runtime_error where the bytes are no control message.
Control decode_control(const Payload& head);

}  // namespace acceptlab::app
