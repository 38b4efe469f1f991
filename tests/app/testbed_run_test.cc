#include "app/testbed_run.h"

#include <gmock/gmock.h>

#include "runtime/base/result.h"
#include "scenarios/load.h"

namespace acceptlab::app {
namespace {

using testing::HasSubstr;

// Two devices that are `slowdown` times slower than the host, without delay.
scenarios::Scenario two_devices(double slowdown, const std::string& more = "") {
  const std::string device = "[[devices]]\nslowdown = " + std::to_string(slowdown) + "\n";
  return scenarios::load_scenario(scenarios::parse_document(
      "network.delay_ms = 0\n" + more + device + device, "two.toml", "."));
}

std::string refusal(const scenarios::Scenario& scenario, const TestbedHost& host) {
  try {
    check_testbed(scenario, host);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(TestbedRun, SaysWhatTheDevicesNeedAndWhetherThatIsThere) {
  const HostLoad light = load_of(two_devices(4.0), {1});
  EXPECT_TRUE(light.carried);
  EXPECT_EQ(light.text, "2 devices need 0.5 of 1 processor (1)");
  const HostLoad heavy = load_of(two_devices(1.0), {0});
  EXPECT_FALSE(heavy.carried);
  EXPECT_TRUE(load_of(two_devices(1.0), {0, 1}).carried);
}

TEST(TestbedRun, MoreThanTheProcessorsIsRefusedUnlessAgreedTo) {
  EXPECT_EQ(refusal(two_devices(2.0), {{0}, false}), "");
  EXPECT_THAT(refusal(two_devices(1.5), {{0}, false}),
              HasSubstr("2 devices need 1.33 of 1 processor (0): when all compute"));
  EXPECT_EQ(refusal(two_devices(1.5), {{0}, true}), "");
}

TEST(TestbedRun, WhatTheKernelCannotDoIsRefused) {
  const TestbedHost host{{0}, false};
  EXPECT_THAT(refusal(two_devices(2.0, "network.loss_rate = 0.01\n"), host),
              HasSubstr("network.loss_rate must be 0"));
  EXPECT_THAT(refusal(two_devices(0.5), {{0, 1, 2, 3}, false}), HasSubstr("slowdown of 1 to 1000"));
  scenarios::Scenario delayed = two_devices(2.0);
  delayed.network.links.push_back({0, 1, true, delayed.network.link});
  delayed.network.links[0].link.delay_ms = 2.0;
  EXPECT_THAT(refusal(delayed, host), HasSubstr("network.delay_ms"));
}

TEST(TestbedRun, ADeviceThatIsFasterForAWhileIsRefused) {
  scenarios::Scenario scenario = two_devices(2.0);
  scenario.devices[1].slowdown_steps = {{1.0, 0.25}};
  EXPECT_THAT(refusal(scenario, {{0}, false}), HasSubstr("not 0.5"));
}

}  // namespace
}  // namespace acceptlab::app
