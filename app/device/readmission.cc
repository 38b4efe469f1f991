#include "app/device/readmission.h"

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
    clock_asked_[device] = clock_.now();
    steps_.say(device, "clock", nlohmann::json::object(), {});
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
  const std::string difference =
      facts_difference(steps_.greeting.at("facts"), "the central node", control.json.at("facts"),
                       "device '" + device + "'");
  if (!difference.empty()) {
    steps_.log("device '" + device + "' cannot take part again: " + difference);
    return;
  }
  steps_.say(device, "setup", steps_.setup(device), {});
}

// One round trip: training does not wait for better.
void Readmission::on_clock(const std::string& device, const Control& control) {
  const TimePoint now = clock_.now();
  const TimePoint middle = clock_asked_[device] + (now - clock_asked_[device]) / 2;
  const Duration ahead = TimePoint(Duration(control.get<std::int64_t>("now_ns"))) - middle;
  steps_.say(device, "shift_clock", {{"by_ns", -ahead.count()}}, {});
  steps_.say(device, "begin", steps_.begin, steps_.checkpoint);
}

}  // namespace acceptlab::app
