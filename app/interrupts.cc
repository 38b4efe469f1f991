#include "app/interrupts.h"

namespace acceptlab::app {

namespace {

volatile std::sig_atomic_t noted = 0;

void note(int /*signal*/) { noted = 1; }

}  // namespace

InterruptGuard::InterruptGuard(SecondInterrupt second) {
  noted = 0;
  struct sigaction action = {};
  action.sa_handler = note;
  if (second == SecondInterrupt::kEnds) action.sa_flags = SA_RESTART | SA_RESETHAND;
  sigaction(SIGINT, &action, &old_int_);
  sigaction(SIGTERM, &action, &old_term_);
  sigaction(SIGHUP, &action, &old_hup_);
}

InterruptGuard::~InterruptGuard() {
  sigaction(SIGINT, &old_int_, nullptr);
  sigaction(SIGTERM, &old_term_, nullptr);
  sigaction(SIGHUP, &old_hup_, nullptr);
}

bool InterruptGuard::interrupted() const { return noted != 0; }

}  // namespace acceptlab::app
