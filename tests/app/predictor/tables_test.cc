#include <gtest/gtest.h>

#include <fstream>

#include "app/predictor/latency_table.h"
#include "app/predictor/persona_table.h"
#include "runtime/base/result.h"
#include "tests/results/temporary_folder.h"

namespace acceptlab::app {
namespace {

constexpr const char* kTimes =
    "first_unit,last_unit,slow_forward_us,slow_backward_us,fast_forward_us,fast_backward_us\n"
    "1,1,200,400,20,40\n"
    "1,2,500,700.5,50,70\n"
    "2,2,300,300,,\n";
constexpr const char* kPersonas =
    "persona,model,width,batch_samples,cores\n"
    "slow,cnn,1,8,0.5\n"
    "fast,cnn,1,8,2\n";

class PersonaFiles : public testing::Test {
 protected:
  PersonaTable read(const std::string& times, const std::string& personas) {
    std::ofstream(folder_.path() / "t.csv", std::ios::binary) << times;
    std::ofstream(folder_.path() / "t.personas.csv", std::ios::binary) << personas;
    return read_persona_table(folder_.path() / "t.csv");
  }
  std::string error(const std::string& times, const std::string& personas) {
    try {
      read(times, personas);
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "no error";
  }

  const results::TemporaryFolder folder_;
};

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  return text.replace(text.find(what), what.size(), by);
}

TEST_F(PersonaFiles, AreRead) {
  const PersonaTable table = read(kTimes, kPersonas);
  EXPECT_EQ(table.model, "cnn");
  EXPECT_EQ(table.batch_samples, 8);
  EXPECT_EQ(table.units, 2);
  ASSERT_EQ(table.personas.size(), 2U);
  EXPECT_EQ(table.personas[0].cores, 0.5);
  EXPECT_EQ(table.personas[0].times.at({0, 2}).backward, std::chrono::nanoseconds(700'500));
  EXPECT_EQ(table.personas[1].times.size(), 2U);
  EXPECT_THROW(timed(table.personas[1], {{1, 2}}), ConfigError);
}

TEST_F(PersonaFiles, PersonasAreLeftOutByName) {
  const PersonaTable rest = without(read(kTimes, kPersonas), {"slow"});
  ASSERT_EQ(rest.personas.size(), 1U);
  EXPECT_EQ(rest.personas[0].name, "fast");
  EXPECT_THROW(without(read(kTimes, kPersonas), {"slow", "slow"}), ConfigError);
  EXPECT_THROW(without(read(kTimes, kPersonas), {"slow", "fast"}), ConfigError);
}

TEST_F(PersonaFiles, ErrorsNameThePlace) {
  EXPECT_NE(error(replaced(kTimes, "700.5", "fast"), kPersonas)
                .find("t.csv:3: column 'slow_backward_us': must be a number"),
            std::string::npos);
  EXPECT_NE(error(replaced(kTimes, "700.5", "nan"), kPersonas).find("got 'nan'"),
            std::string::npos);
  EXPECT_NE(error(replaced(kTimes, "2,2,300,300", "2,1,300,300"), kPersonas)
                .find("t.csv:4: column 'last_unit': must be an integer in 2.."),
            std::string::npos);
  EXPECT_NE(error(replaced(kTimes, "2,2,300", "1,2,300"), kPersonas).find("given twice"),
            std::string::npos);
  EXPECT_NE(error(replaced(kTimes, "fast_backward_us", "fast_back"), kPersonas)
                .find("no column 'fast_backward_us'"),
            std::string::npos);
  EXPECT_NE(error(kTimes, replaced(kPersonas, "fast,", "quick,")).find("no persona 'fast'"),
            std::string::npos);
  EXPECT_NE(error(kTimes, replaced(kPersonas, "fast,cnn", "fast,vgg11")).find(":3:"),
            std::string::npos);
  EXPECT_NE(error("first_unit,last_unit\n1,1\n", kPersonas).find("no column PERSONA_forward_us"),
            std::string::npos);
  EXPECT_NE(error("", kPersonas).find("t.csv"), std::string::npos);
}

TEST(LatencyTables, PredictADeviceThatWasLeftOut) {
  // Two blocks of three operations on four devices; the third is like the others, but slower.
  const results::TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "t.csv";
  {
    std::ofstream out(file, std::ios::binary);
    out << "ops,a_ms,b_ms,c_ms,d_ms\r\n";
    for (int first = 0; first < 3; ++first) {
      for (int second = 0; second < 3; ++second) {
        out << first << second;
        for (const double speed : {1.0, 2.0, 10.0, 3.0}) {
          const double shape = speed == 2.0 ? 1.2 : 1.0;
          out << ',' << speed * (1.0 + first * shape + 4.0 * second);
        }
        out << "\r\n";
      }
    }
  }
  const LatencyTable table = read_latency_table(file, parse_one_hot("2x3"));
  ASSERT_EQ(table.structures.size(), 9U);
  EXPECT_EQ(table.structures[5], (predictor::Structure{1, 5}));
  LatencyTask task;
  task.probes = {0, 8};
  task.train_rows = {0, 9};
  task.test_rows = {0, 9};
  task.train_devices = {"a", "b", "d"};
  task.test_devices = {"c"};
  const std::vector<LatencyResult> results = evaluate_latency_table(table, task);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_LT(results[0].accuracy.mape_percent, 3.0);
  EXPECT_GT(results[0].accuracy.spearman, 0.95);
  EXPECT_LT(results[0].own_fit.mape_percent, 0.1);

  task.test_devices = {"a"};
  EXPECT_THROW(evaluate_latency_table(table, task), ConfigError);
  task.test_devices = {"nowhere"};
  EXPECT_THROW(evaluate_latency_table(table, task), ConfigError);
  task.test_devices = {"c"};
  task.test_rows = {0, 10};
  EXPECT_THROW(evaluate_latency_table(table, task), ConfigError);
  EXPECT_THROW(read_latency_table(file, parse_one_hot("3x3")), ConfigError);
  EXPECT_THROW(read_latency_table(file, parse_one_hot("2x2")), ConfigError);
}

TEST(LatencyTables, ArgumentsOfAnotherFormAreRefused) {
  EXPECT_EQ(parse_rows("4000:5000").end, 5000);
  EXPECT_EQ(parse_row_list("3,1,2"), (std::vector<int>{3, 1, 2}));
  for (const char* text : {"", "22", "22x", "0x9", "22x11", "-1x3", "axb"}) {
    EXPECT_THROW(parse_one_hot(text), ConfigError) << text;
  }
  for (const char* text : {"", "1", "1:", "a:b", "1:2x"}) {
    EXPECT_THROW(parse_rows(text), ConfigError) << text;
  }
  for (const char* text : {"", "1,,2", "1,", "x"}) {
    EXPECT_THROW(parse_row_list(text), ConfigError) << text;
  }
}

}  // namespace
}  // namespace acceptlab::app
