#pragma once

// For .cc files of this folder only: it brings in the JSON library.

#include <deque>
#include <nlohmann/json.hpp>
#include <string>

#include "app/device/cluster_session.h"
#include "app/device/control.h"

namespace acceptlab::app {

// The central node's questions to its workers, by control messages.
class Conversation {
 protected:
  // `context` outlives it.
  explicit Conversation(CentralContext& context) : context_(context) {}
  virtual ~Conversation() = default;

  void say(const std::string& to, const std::string& type,
           nlohmann::json json = nlohmann::json::object(), const Payload& body = {});
  // The next message of this type. An answer that another device gives meanwhile is kept. Throws
  // std::runtime_error where it does not come in time, or the user wants an end. `while_reached`:
  // the patience with a device to which there is a connection, where that is more.
  device::Arrived await(const std::string& from, const std::string& type, Duration patience,
                        Duration while_reached = Duration(0));
  Control ask(const std::string& name, const std::string& type, nlohmann::json json,
              const std::string& reply, Duration patience);

  // What else happens while an answer is waited for.
  virtual void lost(const std::string& device) = 0;
  virtual void on_any(const std::string& from, const Control& control,
                      const device::Arrived& arrived) = 0;

  CentralContext& context_;

 private:
  std::deque<device::Arrived> early_;  // answers that another device gave sooner
};

}  // namespace acceptlab::app
