#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "bench/torch/cut_quality.h"
#include "results/csv.h"
#include "results/text_table.h"

namespace acceptlab::codec_quality {

namespace {

using results::format_fixed;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

// "lowest median highest"; of no values nothing.
std::string spread(const std::vector<double>& values) {
  if (values.empty()) return "";
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return format_fixed(*low, 1) + " " + format_fixed(median(values), 1) + " " +
         format_fixed(*high, 1);
}

constexpr const char* kKinds[] = {"two-sided act.", "rectified act.", "gradient"};

std::string kind_of(const CutQuality& cut) {
  if (cut.tensor.direction == torch_stage::Direction::kGradient) return kKinds[2];
  return kKinds[cut.lowest < 0.0F ? 0 : 1];
}

// One codec: by kind of tensor, a number for every cut.
struct Figures {
  std::map<std::string, std::vector<double>> bits_per_value;
  std::map<std::string, std::vector<double>> snr_db;
};

std::vector<std::string> summary_row(const std::string& codec, Figures figures) {
  std::vector<std::string> row = {codec};
  for (const char* kind : kKinds) {
    const std::vector<double>& bits = figures.bits_per_value[kind];
    row.push_back(bits.empty() ? "" : format_fixed(median(bits), 2));
    row.push_back(spread(figures.snr_db[kind]));
  }
  return row;
}

}  // namespace

std::string to_csv(const std::vector<CutQuality>& cuts) {
  std::string text =
      results::csv_line({"cut_after_unit", "unit_name", "direction", "values", "zero_share",
                         "codec", "bits_per_value", "ratio", "snr_db", "relative_l2"});
  for (const CutQuality& cut : cuts) {
    for (const Quality& quality : cut.codecs) {
      text += results::csv_line({std::to_string(cut.tensor.cut_after_unit), cut.tensor.unit_name,
                                 to_string(cut.tensor.direction), std::to_string(cut.values),
                                 format_fixed(cut.zero_share, 4), quality.codec,
                                 format_fixed(quality.bits_per_value, 4),
                                 format_fixed(quality.ratio, 3), format_fixed(quality.snr_db, 2),
                                 format_fixed(quality.relative_l2, 6)});
    }
  }
  return text;
}

std::string summary(const std::vector<CutQuality>& cuts) {
  std::vector<std::string> codecs;  // in the order of the comparison
  std::map<std::string, Figures> figures;
  for (const CutQuality& cut : cuts) {
    for (const Quality& quality : cut.codecs) {
      const auto [entry, inserted] = figures.try_emplace(quality.codec);
      if (inserted) codecs.push_back(quality.codec);
      entry->second.bits_per_value[kind_of(cut)].push_back(quality.bits_per_value);
      entry->second.snr_db[kind_of(cut)].push_back(quality.snr_db);
    }
  }
  std::vector<std::string> header = {"codec"};
  for (const char* kind : kKinds) {
    header.push_back("bits/value");
    header.push_back(std::string(kind) + " SNR dB");
  }
  results::TextTable table(header);
  for (const std::string& codec : codecs) table.row(summary_row(codec, figures[codec]));
  return table.render();
}

}  // namespace acceptlab::codec_quality
