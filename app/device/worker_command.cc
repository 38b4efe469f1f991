#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "app/commands.h"
#include "app/device/keyring.h"
#include "app/device/listening.h"
#include "app/device/worker_session.h"
#include "app/interrupts.h"

namespace acceptlab::app {

namespace {

constexpr std::uint64_t kNoSession = 0;

// The next greeting; nothing once the user wants the worker to end.
std::unique_ptr<device::Arrived> wait_for_hello(device::SocketLinks& links,
                                                const InterruptGuard& interrupts) {
  while (!interrupts.interrupted()) {
    links.wait(kGlance, -1);
    links.take_lost();  // of sessions that are over
    std::optional<device::Arrived> arrived = links.receive();
    if (arrived && is_hello(*arrived)) return std::make_unique<device::Arrived>(*arrived);
  }
  return nullptr;
}

}  // namespace

int worker_command(const WorkerArguments& arguments) {
  const Keyring keyring = open_keyring(arguments.keys, arguments.plain_name, arguments.listen);
  const InterruptGuard interrupts(SecondInterrupt::kEnds);
  allow_many_connections();
  const auto log = [&keyring](const std::string& line) {
    std::fprintf(stderr, "%s: %s\n", keyring.name.c_str(), line.c_str());
  };
  device::WorkThread work;
  device::SteadyClock clock;
  device::SocketLinks links(link_options(keyring, arguments.listen), log);
  for (const auto& [name, key] : keyring.known) links.admit(name, key);
  log("listening at " + links.endpoint());
  WorkerContext context{keyring, links, clock, work, log};
  std::unique_ptr<device::Arrived> hello = wait_for_hello(links, interrupts);
  while (hello != nullptr) {
    WorkerSession session(context, *hello);
    while (!session.over() && !interrupts.interrupted()) session.step(kGlance);
    hello = session.take_next_hello();
    // The session that was left may invite this device again.
    links.enter_session(kNoSession);
    if (hello == nullptr && !arguments.once) hello = wait_for_hello(links, interrupts);
  }
  log("ends; " + std::to_string(links.refused()) + " connections were refused");
  return 0;
}

}  // namespace acceptlab::app
