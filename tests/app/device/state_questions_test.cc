#include "app/device/state_questions.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace acceptlab::app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr DeviceId kOne{1};
constexpr DeviceId kTwo{2};

std::vector<torch_stage::UnitState> units(const std::string& name) {
  torch_stage::UnitState unit;
  unit.name = name;
  return {unit};
}

struct Asking {
  // Notes what the answers are, once they are all there.
  int ask(const std::string& about) {
    return questions.ask({kOne, kTwo}, [this, about](const StateQuestions::States& states) {
      std::string text = about + ":";
      for (const auto& [device, answer] : states) {
        text += " " + std::to_string(device.value) + "=" + answer.at(0).name;
      }
      done.push_back(text);
    });
  }

  StateQuestions questions;
  std::vector<std::string> done;
};

TEST(StateQuestions, AreDoneInOrder) {
  Asking asking;
  const int first = asking.ask("first");
  const int second = asking.ask("second");
  asking.questions.answer(second, kOne, units("b"));
  asking.questions.answer(second, kTwo, units("c"));
  asking.questions.answer(first, kTwo, units("a"));
  EXPECT_THAT(asking.done, IsEmpty());
  asking.questions.answer(first, kOne, units("d"));
  EXPECT_THAT(asking.done, ElementsAre("first: 1=d 2=a", "second: 1=b 2=c"));
  EXPECT_TRUE(asking.questions.empty());
}

TEST(StateQuestions, DoNotWaitForWhoIsGivenUp) {
  Asking asking;
  const int first = asking.ask("first");
  asking.questions.answer(first, kOne, units("a"));
  asking.questions.give_up(kTwo);
  EXPECT_THAT(asking.done, ElementsAre("first: 1=a"));
}

TEST(StateQuestions, ALateAnswerIsNotTakenForThatToALaterQuestion) {
  Asking asking;
  const int first = asking.ask("first");
  asking.questions.give_up(kTwo);
  const int second = asking.ask("second");
  asking.questions.answer(first, kTwo, units("old"));
  asking.questions.answer(first, kOne, units("a"));
  asking.questions.answer(second, kOne, units("b"));
  EXPECT_THAT(asking.done, ElementsAre("first: 1=a"));
  asking.questions.answer(second, kTwo, units("new"));
  EXPECT_THAT(asking.done, ElementsAre("first: 1=a", "second: 1=b 2=new"));
}

}  // namespace
}  // namespace acceptlab::app
