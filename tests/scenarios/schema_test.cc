#include "scenarios/schema.h"

#include <set>

#include "scenarios/field.h"
#include "tests/scenarios/scenario_text.h"

// Rules that hold for every row of the schema.
namespace acceptlab::scenarios {
namespace {

Value value(double number) { return {number, {}}; }
Value value(std::int64_t number) { return {number, {}}; }

TEST(Schema, PathsAreUnique) {
  std::set<std::string> paths;
  for (const Key& key : schema()) EXPECT_TRUE(paths.insert(key.path).second) << key.path;
}

TEST(Schema, EveryKeyIsExplainedInASentence) {
  for (const Key& key : schema()) {
    ASSERT_FALSE(key.doc.empty()) << key.path;
    EXPECT_EQ(key.doc.back(), '.') << key.path;
  }
}

TEST(Schema, EveryKeyHasAFieldOfItsOwn) {
  Scenario scenario = one_of_each();
  std::set<const void*> fields;
  for (const Key& key : schema()) {
    const void* field =
        std::visit([](auto* at) -> const void* { return at; }, key.field(scenario, 0));
    EXPECT_TRUE(fields.insert(field).second) << key.path;
  }
}

TEST(Schema, NumbersTakeTheirLimitsAndNothingBeyond) {
  Scenario scenario = one_of_each();
  int checked = 0;
  for (const Key& key : schema()) {
    const Field field = key.field(scenario, 0);
    if (!is_number(field) || key.path == "device_count") continue;
    const double min = key.allowed.min;
    const double max = key.allowed.max;
    ASSERT_LT(min, max) << key.path;
    const auto assigned = [&](double number) {
      return !(is_integral(field)
                   ? assign(field, key.allowed, value(static_cast<std::int64_t>(number)))
                   : assign(field, key.allowed, value(number)));
    };
    EXPECT_TRUE(assigned(min)) << key.path;
    EXPECT_TRUE(assigned(max)) << key.path;
    EXPECT_FALSE(assigned(min - 1)) << key.path;
    EXPECT_FALSE(assigned(max + 1)) << key.path;
    ++checked;
  }
  EXPECT_GT(checked, 40);
}

TEST(Schema, DefaultsAreAllowed) {
  Scenario scenario = one_of_each();
  for (const Key& key : schema()) {
    const Field field = key.field(scenario, 0);
    const auto text = text_of(field);
    if (!text) continue;  // unset
    const Document document = parse_document("value = " + *text + "\n", "x.toml", "");
    const auto problem = assign(field, key.allowed, document.root.at(0).value);
    EXPECT_FALSE(problem) << key.path << ": " << problem.value_or("");
  }
}

TEST(Schema, NoKeyTakesATable) {
  Scenario scenario = one_of_each();
  for (const Key& key : schema()) {
    EXPECT_TRUE(assign(key.field(scenario, 0), key.allowed, Value{Table{}, {}})) << key.path;
  }
}

TEST(Schema, NeedsNameKeysAndWordsThatExist) {
  Scenario scenario = one_of_each();
  for (const Key& key : schema()) {
    if (key.needs.key.empty()) continue;
    const Key* selector = find_key(key.needs.key);
    ASSERT_NE(selector, nullptr) << key.path;
    for (const std::string& word : key.needs.words) {
      const Field field = selector->field(scenario, 0);
      const bool is_flag = std::holds_alternative<bool*>(field);
      Value value{word, {}};
      if (is_flag) value.data = word == "true";
      if (word == "[]") value.data = List{};
      EXPECT_FALSE(assign(field, selector->allowed, value)) << key.path;
    }
  }
}

TEST(Schema, FindsSectionsAndLists) {
  EXPECT_TRUE(is_section("network"));
  EXPECT_FALSE(is_section("net"));
  EXPECT_FALSE(is_section("network.delay_ms"));
  EXPECT_TRUE(is_list_of_tables("network.links"));
  EXPECT_TRUE(is_list_of_tables("devices"));
  EXPECT_FALSE(is_list_of_tables("network"));
  EXPECT_EQ(find_key("devices[].slowdown")->path_at(3), "devices[3].slowdown");
  EXPECT_EQ(find_key("devices[3].slowdown"), nullptr);
}

}  // namespace
}  // namespace acceptlab::scenarios
