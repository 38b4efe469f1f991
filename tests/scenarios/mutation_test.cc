#include <iterator>
#include <string>

#include "runtime/base/rng.h"
#include "scenarios/resolved.h"
#include "tests/scenarios/scenario_text.h"

// Damaged files end in a ConfigError or in a scenario, never in anything else.
namespace acceptlab::scenarios {
namespace {

std::string shipped_text(const std::string& name) {
  std::ifstream in(ACCEPTLAB_SOURCE_DIR "/scenarios/" + name);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Replaces, removes, doubles or swaps a few pieces of the text.
std::string mutated(std::string text, Rng& rng) {
  const std::string alphabet = "[]{}=.,\"'-+#\n 0159eainf_\\\x01\xc3";
  for (std::uint64_t count = 1 + rng.below(4); count > 0; --count) {
    const std::size_t at = rng.below(text.size());
    const std::size_t length = 1 + rng.below(12);
    switch (rng.below(4)) {
      case 0:
        text[at] = alphabet[rng.below(alphabet.size())];
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(rng.below(text.size()), text.substr(at, length));
        break;
      default:
        text.insert(at, 1, alphabet[rng.below(alphabet.size())]);
    }
    if (text.empty()) text = " ";
  }
  return text;
}

TEST(Mutation, DamagedFilesAreRefusedOrLoadAgain) {
  const std::uint64_t seed = 7;
  Rng rng(seed, "mutation");
  const std::string text = shipped_text("quick_run.toml");
  int loaded = 0;
  int refused = 0;
  for (int i = 0; i < 1500; ++i) {
    const std::string damaged = mutated(text, rng);
    try {
      const std::string once = to_toml(load(damaged));
      EXPECT_EQ(to_toml(load(once)), once) << "seed " << seed << ", file:\n" << damaged;
      ++loaded;
    } catch (const ConfigError& error) {
      EXPECT_STRNE(error.what(), "");
      ++refused;
    }
  }
  // Both ways were taken often, so the damage is neither too mild nor too wild.
  EXPECT_GT(loaded, 100);
  EXPECT_GT(refused, 100);
}

TEST(Mutation, DamagedOverridesAreRefusedOrApplied) {
  Rng rng(11, "mutation");
  const Document document = document_of("device_count = 2\n");
  int refused = 0;
  for (int i = 0; i < 1500; ++i) {
    Document changed = document;
    try {
      apply_override(changed, mutated("devices[1].slowdown_steps=[[0, 2], [5, 1.5]]", rng));
      load_scenario(changed);
    } catch (const ConfigError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 100);
  EXPECT_LT(refused, 1500);
}

}  // namespace
}  // namespace acceptlab::scenarios
