#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "runtime/base/ids.h"
#include "runtime/torch/unit_state.h"

namespace acceptlab::app {

// Questions to devices for the state of their units, which are answered one after the other.
class StateQuestions {
 public:
  using States = std::map<DeviceId, std::vector<torch_stage::UnitState>>;

  // `then`: once all have answered or been given up, and all earlier questions are done. Returns
  // the question's number.
  int ask(std::set<DeviceId> devices, std::function<void(States)> then);
  void answer(int question, DeviceId from, std::vector<torch_stage::UnitState> units);
  // No answer comes from this device to what has been asked.
  void give_up(DeviceId device);
  bool empty() const { return pending_.empty(); }

 private:
  struct Question {
    int number;
    std::set<DeviceId> missing;
    States states;
    std::function<void(States)> then;
  };

  void settle();

  std::deque<Question> pending_;
  int next_ = 0;
};

}  // namespace acceptlab::app
