#include "app/testbed/testbed.h"

#include <stdexcept>
#include <string>

#include "app/process.h"
#include "app/testbed/affinity.h"
#include "app/testbed/host.h"
#include "app/testbed/net_namespace.h"
#include "app/testbed/network_plan.h"
#include "app/testbed/shaping.h"

namespace acceptlab::testbed {

namespace {

// One batch of `ip` or `tc`.
void run_batch(const std::vector<std::string>& words, const std::string& commands) {
  const app::ProgramResult result = app::run_with_input(words, commands);
  if (result.code == 0) return;
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  throw std::runtime_error("'" + line + "' failed: " + result.output + "its input was:\n" +
                           commands);
}

std::vector<std::string> ip_words(const std::string& netns) {
  if (netns.empty()) return {"ip", "-batch", "-"};
  return {"ip", "-netns", netns, "-batch", "-"};
}

}  // namespace

Testbed::Network::~Network() {
  app::run_with_input({"ip", "-force", "-batch", "-"}, remove_network(layout));
}

Testbed::Testbed(int devices, int segment_bytes, std::vector<int> processors,
                 std::filesystem::path folder)
    : layout_(make_layout(this_process(), devices)),
      segment_bytes_(segment_bytes),
      processors_(std::move(processors)),
      folder_(std::move(folder)),
      network_(layout_),
      tc_(layout_.sites.size()),
      group_(std::filesystem::path(kCpuController) / layout_.tag) {
  group_.put_first();
  run_batch(ip_words(""), make_network(layout_));
  for (int d = 0; d < devices; ++d) {
    const Site& site = layout_.sites[static_cast<std::size_t>(d)];
    run_batch(ip_words(site.netns), configure_device(layout_, d, segment_bytes_));
    const InNamespace inside(site.netns);
    congestion_control_ = set_up_tcp();
    groups_.emplace_back(group_.folder() / site.group);
  }
}

CommandStream& Testbed::shaper_commands(int device) {
  std::unique_ptr<CommandStream>& stream = tc_[static_cast<std::size_t>(device)];
  if (!stream) {
    const Site& site = layout_.sites[static_cast<std::size_t>(device)];
    stream = std::make_unique<CommandStream>(
        std::vector<std::string>{"tc", "-netns", site.netns, "-batch", "-"},
        folder_ / ("tc_" + site.name + ".log"));
  }
  return *stream;
}

void Testbed::shape(int from, int to, BitsPerSecond rate, int queue_packets) {
  const auto found = rates_.find({from, to});
  if (found != rates_.end() && found->second == rate) return;
  const std::string interface = Layout::interface_to(to);
  const Shaper shaper = shaper_of(rate, segment_bytes_);
  if (found == rates_.end()) {
    run_batch({"tc", "-netns", layout_.sites[static_cast<std::size_t>(from)].netns, "-batch", "-"},
              add_shaper(interface, shaper, queue_packets));
  } else {
    shaper_commands(from).say(change_shaper(interface, shaper));
  }
  rates_[{from, to}] = rate;
}

void Testbed::slow_down(int device, double slowdown) {
  groups_[static_cast<std::size_t>(device)].limit(quota_of(slowdown));
}

std::function<void()> Testbed::entrance(int device) const {
  return [this, device] {
    const auto d = static_cast<std::size_t>(device);
    use_processors(processors_);
    enter_namespace(layout_.sites[d].netns);
    groups_[d].enter();
  };
}

}  // namespace acceptlab::testbed
