#pragma once

// For .cc files of this folder only: it brings in the JSON library.

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "app/device/control.h"
#include "runtime/base/units.h"
#include "runtime/device/socket_links.h"
#include "runtime/device/steady_clock.h"

namespace acceptlab::app {

// Round trips by which two clocks are compared.
inline constexpr int kClockPings = 20;

// The central node's questions to a device that was lost from the training under way. One that is
// still in the session answers "here". One that was started again knows nothing: it gets what every
// worker got before training, but a plan, and takes part from the next return to a snapshot on.
class Readmission {
 public:
  struct Steps {
    // Sends a control message to the device.
    std::function<void(const std::string& to, const std::string& type, nlohmann::json json,
                       const Payload& body)>
        say;
    nlohmann::json greeting;                                         // as in "hello"
    std::function<nlohmann::json(const std::string& device)> setup;  // as in "setup"
    nlohmann::json begin;                                            // as in "begin"
    Payload checkpoint;                                              // goes with it
    // The device can be asked for its part again; `restarted`: it was started again.
    std::function<void(const std::string& device, bool restarted)> there;
    std::function<void(const std::string& line)> log;
  };

  // All references outlive it.
  Readmission(device::SocketLinks& links, device::SteadyClock& clock, Steps steps)
      : links_(links), clock_(clock), steps_(std::move(steps)) {}

  // Asks as soon as the device can be reached.
  void invite(const std::string& device);
  // A control message of a device that is lost. False: it is about something else.
  bool take(const std::string& device, const Control& control);

 private:
  void on_welcome(const std::string& device, const Control& control);
  void ask_clock(const std::string& device);
  void on_clock(const std::string& device, const Control& control);

  // Of a device's clock with the central node's.
  struct ClockComparison {
    TimePoint asked;
    Duration shortest = Duration::max();  // round trip
    Duration ahead{0};                    // by that one
    int answers = 0;
  };

  device::SocketLinks& links_;
  device::SteadyClock& clock_;
  const Steps steps_;
  std::map<std::string, ClockComparison> clocks_;
};

}  // namespace acceptlab::app
