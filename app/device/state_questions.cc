#include "app/device/state_questions.h"

#include <utility>

namespace acceptlab::app {

int StateQuestions::ask(std::set<DeviceId> devices, std::function<void(States)> then) {
  pending_.push_back({next_, std::move(devices), {}, std::move(then)});
  const int number = next_++;
  settle();
  return number;
}

void StateQuestions::answer(int question, DeviceId from,
                            std::vector<torch_stage::UnitState> units) {
  for (Question& asked : pending_) {
    if (asked.number != question || asked.missing.erase(from) == 0) continue;
    asked.states[from] = std::move(units);
    break;
  }
  settle();
}

void StateQuestions::give_up(DeviceId device) {
  for (Question& asked : pending_) asked.missing.erase(device);
  settle();
}

void StateQuestions::settle() {
  while (!pending_.empty() && pending_.front().missing.empty()) {
    Question done = std::move(pending_.front());
    pending_.pop_front();
    done.then(std::move(done.states));
  }
}

}  // namespace acceptlab::app
