#include "app/profile_samples.h"

#include <charconv>
#include <system_error>

#include "results/text_file.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

const std::vector<std::string>& columns() {
  static const std::vector<std::string> names = {
      "round",          "first_unit",      "last_unit",       "runs",
      "cpu_forward_ns", "cpu_backward_ns", "wall_forward_ns", "wall_backward_ns"};
  return names;
}

std::int64_t to_integer(const std::string& field, const std::string& where) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc() || end != field.data() + field.size() || value < 0) {
    throw ConfigError(where + ": '" + field +
                      "' is no count or time; remove the folder to begin "
                      "again");
  }
  return value;
}

SubModelSample sample_of(const std::vector<std::int64_t>& v) {
  SubModelSample sample;
  sample.round = static_cast<int>(v[0]);
  sample.units = {static_cast<int>(v[1]) - 1, static_cast<int>(v[2])};
  sample.runs = static_cast<int>(v[3]);
  sample.cpu = {Duration(v[4]), Duration(v[5])};
  sample.wall = {Duration(v[6]), Duration(v[7])};
  return sample;
}

std::string text_of(const std::filesystem::path& file) {
  const Result<std::string> text = results::read_text(file);
  if (!text) throw ConfigError(text.error().message);
  return text.value();
}

}  // namespace

ProfileSamples::ProfileSamples(const std::filesystem::path& profile, const std::string& settings)
    : folder_(profile.string() + ".partial"), file_(folder_ / "samples.csv") {
  const std::filesystem::path described = folder_ / "settings.json";
  std::error_code error;
  if (std::filesystem::exists(described)) {
    if (text_of(described) != settings) {
      throw ConfigError(folder_.string() +
                        " holds samples of another profile (its settings.json says of which); "
                        "remove it, or choose another --out");
    }
    if (std::filesystem::exists(file_)) read();
  }
  std::filesystem::create_directories(folder_, error);
  if (error) throw ConfigError(folder_.string() + ": " + error.message());
  const auto written = results::replace_text(described, settings);
  if (!written) throw ConfigError(written.error().message);
  // Rewritten beside and renamed, so that a kill now loses nothing.
  const std::filesystem::path next = folder_ / "samples.csv.tmp";
  csv_.emplace(next, columns());
  for (const SubModelSample& sample : samples_) write(sample);
  std::filesystem::rename(next, file_, error);
  if (error) throw ConfigError(file_.string() + ": " + error.message());
}

void ProfileSamples::read() {
  const Result<results::CsvTable> table = results::read_csv(file_);
  if (!table) throw ConfigError(table.error().message);
  if (table.value().columns != columns()) {
    throw ConfigError(file_.string() + ": unknown columns; remove the folder to begin again");
  }
  const auto& rows = table.value().rows;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::vector<std::int64_t> values;
    for (const std::string& field : rows[r]) {
      values.push_back(to_integer(field, file_.string() + ":" + std::to_string(r + 2)));
    }
    samples_.push_back(sample_of(values));
  }
}

void ProfileSamples::write(const SubModelSample& s) {
  csv_->row({std::to_string(s.round), std::to_string(s.units.first_unit()),
             std::to_string(s.units.last_unit()), std::to_string(s.runs),
             std::to_string(s.cpu.forward.count()), std::to_string(s.cpu.backward.count()),
             std::to_string(s.wall.forward.count()), std::to_string(s.wall.backward.count())});
  if (!csv_->good()) throw ConfigError(file_.string() + ": cannot be written");
}

void ProfileSamples::add(const SubModelSample& sample) {
  write(sample);
  samples_.push_back(sample);
}

void ProfileSamples::remove() {
  csv_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace acceptlab::app
