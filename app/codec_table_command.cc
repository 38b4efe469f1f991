#include <unistd.h>

#include <cstdio>
#include <optional>

#include "app/codec_table.h"
#include "app/commands.h"
#include "app/progress.h"
#include "app/shape_json.h"
#include "app/tensor_file.h"
#include "results/csv.h"
#include "results/json_object.h"
#include "results/text_table.h"
#include "runtime/base/result.h"

namespace acceptlab::app {

namespace {

using results::format_fixed;

std::vector<CodecFigures> measure_all(const FileTensor& tensor, bool variants) {
  const std::vector<std::string> codecs = table_codecs(variants);
  const int total = static_cast<int>(codecs.size());
  std::optional<Progress> progress;
  if (isatty(STDERR_FILENO) == 1) progress.emplace("codecs", total);
  std::vector<CodecFigures> table;
  for (const std::string& codec : codecs) {
    if (progress) progress->update(static_cast<int>(table.size()), codec);
    table.push_back(measure_codec(codec, tensor));
  }
  if (progress) progress->update(total, codecs.back());
  return table;
}

const std::vector<std::string>& columns() {
  static const std::vector<std::string> names = {"codec",  "bits_per_value", "ratio",
                                                 "snr_db", "encode_gb_s",    "decode_gb_s"};
  return names;
}

std::vector<std::string> cells(const CodecFigures& f) {
  return {f.codec,
          format_fixed(f.bits_per_value, 4),
          format_fixed(f.ratio, 3),
          format_fixed(f.snr_db, 2),
          format_fixed(f.encode_gb_s, 3),
          format_fixed(f.decode_gb_s, 3)};
}

std::string to_csv(const std::vector<CodecFigures>& table) {
  std::string text = results::csv_line(columns());
  for (const CodecFigures& figures : table) text += results::csv_line(cells(figures));
  return text;
}

std::string to_text(const std::vector<CodecFigures>& table) {
  results::TextTable text(columns());
  for (const CodecFigures& figures : table) text.row(cells(figures));
  return text.render();
}

std::string to_json(const std::string& path, const FileTensor& tensor,
                    const std::vector<CodecFigures>& table) {
  nlohmann::ordered_json json;
  json["file"] = path;
  json["dtype"] = dtype_name(tensor.dtype);
  json["shape"] = shape_to_json(tensor.shape);
  json["values"] = tensor.values.size();
  json["codecs"] = nlohmann::ordered_json::array();
  for (const CodecFigures& f : table) {
    nlohmann::ordered_json row;
    row["codec"] = f.codec;
    row["message_bytes"] = f.message_bytes;
    row["bits_per_value"] = f.bits_per_value;
    row["ratio"] = f.ratio;
    row["snr_db"] = f.snr_db;  // null where it is infinite
    row["encode_gb_s"] = f.encode_gb_s;
    row["decode_gb_s"] = f.decode_gb_s;
    json["codecs"].push_back(std::move(row));
  }
  return results::dump_json(json);
}

}  // namespace

int codec_table_command(const CodecTableArguments& arguments) {
  const std::string& path = arguments.file;
  if (arguments.json && arguments.csv) throw ConfigError("--json and --csv exclude each other");
  const FileTensor tensor = load_tensor(path);
  if (tensor.values.empty()) throw ConfigError(path + ": has no values to measure codecs on");
  std::vector<CodecFigures> table;
  try {
    table = measure_all(tensor, arguments.all);
  } catch (const ConfigError& error) {
    throw ConfigError(path + ": " + error.what());
  }
  const std::string text = arguments.json  ? to_json(path, tensor, table)
                           : arguments.csv ? to_csv(table)
                                           : to_text(table);
  std::printf("%s", text.c_str());
  return 0;
}

}  // namespace acceptlab::app
