#include "scenarios/fault_rules.h"

#include "scenarios/resolved.h"
#include "tests/scenarios/scenario_text.h"

namespace acceptlab::scenarios {
namespace {

std::string fault(const std::string& lines) { return "[[faults]]\n" + lines; }

TEST(FaultRules, EachKindIsRead) {
  const Scenario s = load_two(fault("kind = \"kill\"\nat_batch = 3\ndevice = 1\n") +
                              fault("kind = \"restart\"\nat_s = 2\ndevice = 1\nduration_s = 4\n") +
                              fault("kind = \"bandwidth\"\nat_s = 0\nfrom = 0\nto = 1\n"));
  ASSERT_EQ(s.faults.size(), 3u);
  EXPECT_EQ(s.faults[0].kind, FaultKind::kKill);
  EXPECT_EQ(s.faults[0].at_batch, 3);
  EXPECT_FALSE(s.faults[0].at_s.has_value());
  EXPECT_EQ(s.faults[1].at_s, 2.0);
  EXPECT_EQ(s.faults[1].duration_s, 4.0);
  EXPECT_EQ(s.faults[2].factor, 0.01);
}

TEST(FaultRules, AResolvedScenarioHasTheSameFaults) {
  const Scenario s = load_two("[recovery]\nenabled = true\n" +
                              fault("kind = \"pause\"\nat_batch = 3\ndevice = 1\n") +
                              fault("kind = \"corrupt\"\nat_s = 0.5\nfrom = 1\nto = 0\n"));
  const std::string text = to_toml(s);
  EXPECT_EQ(to_toml(load(text)), text);
}

TEST(FaultRules, AFaultHappensOnce) {
  EXPECT_EQ(error_two(fault("kind = \"kill\"\ndevice = 1\n")),
            "x.toml:3: key 'faults[0].at_s': must be given, or at_batch, but not both");
  EXPECT_EQ(error_two(fault("kind = \"kill\"\ndevice = 1\nat_s = 1\nat_batch = 2\n")),
            "x.toml:5: key 'faults[0].at_s': must be given, or at_batch, but not both");
  EXPECT_EQ(error_two(fault("kind = \"bandwidth\"\nat_batch = 1\nfrom = 0\nto = 1\n")),
            "x.toml:4: key 'faults[0].at_s': must be given with kind = \"bandwidth\", which is "
            "laid out before the run, not at_batch");
}

TEST(FaultRules, ItsDeviceOrLinkExistsAndCanBeLost) {
  EXPECT_EQ(error_two(fault("kind = \"pause\"\nat_s = 1\n")),
            "x.toml:3: key 'faults[0].device': must be given with kind = \"pause\"");
  EXPECT_EQ(error_two(fault("kind = \"pause\"\nat_s = 1\ndevice = 2\n")),
            "x.toml:5: key 'faults[0].device': there is no device 2, the scenario has 2, counted "
            "from 0");
  EXPECT_EQ(error_two(fault("kind = \"kill\"\nat_s = 1\ndevice = 0\n")),
            "x.toml:5: key 'faults[0].device': must not be 0 with kind = \"kill\": without the "
            "central node a run ends, and goes on from its checkpoint");
  EXPECT_EQ(error_two(fault("kind = \"link_down\"\nat_s = 1\nfrom = 1\nto = 1\n")),
            "x.toml:6: key 'faults[0].to': a link cannot lead from a device to itself");
  EXPECT_NO_THROW(load_two(fault("kind = \"pause\"\nat_s = 1\ndevice = 0\n")));
}

TEST(FaultRules, AKeyOfAnotherKindHasNoEffect) {
  EXPECT_EQ(error_two(fault("kind = \"kill\"\nat_s = 1\ndevice = 1\nduration_s = 3\n")),
            "x.toml:6: key 'faults[0].duration_s': has no effect: it needs faults[].kind = "
            "\"pause\" or \"restart\" or \"link_down\" or \"bandwidth\"");
}

TEST(FaultRules, RecoveryFitsTheRest) {
  const std::string on = "recovery.enabled = true\n";
  EXPECT_EQ(error_two(on + "recovery.central_copy_every_batches = 150\n"),
            "x.toml:3: key 'recovery.central_copy_every_batches': must be a multiple of "
            "recovery.replicate_every_batches = 100, got 150");
  EXPECT_EQ(error_two(on + "network.stall_limit_s = 35\n"),
            "x.toml:3: key 'recovery.batch_deadline_s': must, with recovery.probe_timeout_s, be "
            "less than network.stall_limit_s = 35 s, which ends the run");
  EXPECT_NE(error_two(on + "schedule.kind = \"single\"\n").find("nobody could go on"),
            std::string::npos);
  EXPECT_NE(error_two(on + "codec.forward = \"suq8\"\ncodec.activation_feedback = \"delta\"\n")
                .find("is in no copy"),
            std::string::npos);
  EXPECT_EQ(error_two("recovery.batch_deadline_s = 3\n"),
            "x.toml:2: key 'recovery.batch_deadline_s': has no effect: it needs recovery.enabled = "
            "true");
}

}  // namespace
}  // namespace acceptlab::scenarios
