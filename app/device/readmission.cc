#include "app/device/readmission.h"

#include "app/device/facts.h"
#include "app/device/session.h"

namespace acceptlab::app {

void Readmission::invite(const std::string& device) {
  links_.expect_anew(device);
  steps_.say(device, "rejoin", steps_.greeting, {});
}

bool Readmission::take(const std::string& device, const Control& control) {
  if (control.type == "here") {
    steps_.there(device, false);
  } else if (control.type == "welcome") {
    on_welcome(device, control);
  } else if (control.type == "refused") {
    steps_.log("device '" + device +
               "' cannot take part again: " + control.get<std::string>("reason"));
  } else if (control.type == "set_up") {
    clocks_[device] = ClockComparison{};
    ask_clock(device);
  } else if (control.type == "clock") {
    on_clock(device, control);
  } else if (control.type == "ready") {
    steps_.there(device, true);
  } else {
    return false;
  }
  return true;
}

void Readmission::on_welcome(const std::string& device, const Control& control) {
  const std::string difference = facts_difference(steps_.greeting.at("facts"), "the central node",
                                                  facts_of(control), "device '" + device + "'");
  if (!difference.empty()) {
    steps_.log("device '" + device + "' cannot take part again: " + difference);
    return;
  }
  steps_.say(device, "setup", steps_.setup(device), {});
}

void Readmission::ask_clock(const std::string& device) {
  clocks_[device].asked = clock_.now();
  steps_.say(device, "clock", nlohmann::json::object(), {});
}

// The shortest round trip tells most: training goes on beside them.
void Readmission::on_clock(const std::string& device, const Control& control) {
  ClockComparison& clock = clocks_[device];
  const Duration round_trip = clock_.now() - clock.asked;
  if (round_trip < clock.shortest) {
    clock.shortest = round_trip;
    clock.ahead =
        TimePoint(Duration(control.get<std::int64_t>("now_ns"))) - (clock.asked + round_trip / 2);
  }
  if (++clock.answers < kClockPings) return ask_clock(device);
  steps_.say(device, "shift_clock", {{"by_ns", -clock.ahead.count()}}, {});
  steps_.say(device, "begin", steps_.begin, steps_.checkpoint);
}

}  // namespace acceptlab::app
