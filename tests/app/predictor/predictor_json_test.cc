#include "app/predictor/predictor_json.h"

#include <gtest/gtest.h>

#include "tests/predictor/synthetic_devices.h"

namespace acceptlab::app {
namespace {

constexpr int kUnits = 5;

PredictorFile example() {
  const auto devices = predictor::synthetic_devices(kUnits, 4);
  return {"cnn",
          1.0,
          8,
          kUnits,
          "4 devices",
          predictor::fixed_probes(kUnits),
          predictor::prior_from(devices, kUnits)};
}

std::string error_of(const std::string& text) {
  const Result<PredictorFile> read = predictor_from_json(text, "p.json");
  return read.ok() ? "no error" : read.error().message;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  return text.replace(text.find(what), what.size(), by);
}

TEST(PredictorJson, SurvivesExactly) {
  const PredictorFile written = example();
  const std::string text = predictor_to_json(written);
  const Result<PredictorFile> read = predictor_from_json(text, "p.json");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(predictor_to_json(read.value()), text);
  EXPECT_EQ(read.value().prior.mean(), written.prior.mean());
  EXPECT_EQ(read.value().prior.covariance(), written.prior.covariance());
  EXPECT_EQ(read.value().probes, written.probes);
  EXPECT_EQ(read.value().model, "cnn");
}

TEST(PredictorJson, DamageIsNoticed) {
  const std::string text = predictor_to_json(example());
  const std::string damaged = replaced(text, "\"batch_samples\": 8", "\"batch_samples\": 9");
  const Result<PredictorFile> read = predictor_from_json(damaged, "p.json");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, ErrorKind::kCorrupt);
  EXPECT_NE(read.error().message.find("is damaged"), std::string::npos);
}

TEST(PredictorJson, WrongFilesAreNamed) {
  const std::string text = predictor_to_json(example());
  EXPECT_NE(error_of("").find("p.json"), std::string::npos);
  EXPECT_NE(error_of("{}").find("format"), std::string::npos);
  EXPECT_NE(error_of(replaced(text, "acceptlab-predictor", "acceptlab-profile")).find("format"),
            std::string::npos);
  EXPECT_NE(error_of(replaced(text, "\"version\": 1", "\"version\": 2")).find("version"),
            std::string::npos);
  EXPECT_NE(error_of(replaced(text, "\"units\": 5", "\"units\": 6")).find("p.json"),
            std::string::npos);
  EXPECT_NE(error_of(replaced(text, "\"width\"", "\"breadth\"")).find("width"), std::string::npos);
  EXPECT_NE(error_of(text.substr(0, text.size() / 2)).find("p.json"), std::string::npos);
}

}  // namespace
}  // namespace acceptlab::app
