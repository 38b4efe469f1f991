#pragma once

// For .cc files of this folder and of app/ only: it brings in the JSON library.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace acceptlab::results {

// Parses JSON strictly: a key given twice is an error. Throws ConfigError "origin: path: reason",
// e.g. "p.json: units[3].forward_us: 'NaN' is no JSON: parse error at line 4, column 21...".
nlohmann::json parse_json(const std::string& text, const std::string& origin);

// Indented, keys in order of insertion, a line end at the end. Bytes that are not UTF-8 (from a
// command line, say) become U+FFFD.
std::string dump_json(const nlohmann::ordered_json& json);

// One JSON object read key by key; whatever is missing, of another type or out of range throws
// ConfigError naming the key's full path, and finish() does for keys nobody asked for.
class JsonObject {
 public:
  // `value` outlives this object. Messages begin with `origin`, the name of the file, and the
  // path of this object in it ("" at the top).
  JsonObject(const nlohmann::json& value, std::string origin, std::string path = "");

  // Whether the object has the key, which is then known to finish().
  bool has(const std::string& key);
  bool is_null(const std::string& key);
  std::string text(const std::string& key);
  bool boolean(const std::string& key);
  std::int64_t integer(const std::string& key, std::int64_t low, std::int64_t high);
  std::uint64_t unsigned_integer(const std::string& key);
  double number(const std::string& key, double low, double high);
  std::optional<double> optional_number(const std::string& key, double low, double high);
  std::vector<std::string> texts(const std::string& key);
  JsonObject object(const std::string& key);
  std::vector<JsonObject> objects(const std::string& key);
  std::vector<std::int64_t> integers(const std::string& key, std::int64_t low, std::int64_t high);
  std::vector<double> numbers(const std::string& key, double low, double high);
  // All keys of this object, in order; for objects used as maps.
  std::vector<std::string> keys() const;

  // To be called once everything known was read. The error names the known key that is nearest.
  void finish() const;
  [[noreturn]] void fail(const std::string& key, const std::string& rule) const;

 private:
  const nlohmann::json& get(const std::string& key);
  std::int64_t checked_integer(const nlohmann::json& value, const std::string& key,
                               std::int64_t low, std::int64_t high) const;
  double checked_number(const nlohmann::json& value, const std::string& key, double low,
                        double high) const;
  std::string path_of(const std::string& key) const;

  const nlohmann::json* value_;
  std::string origin_;
  std::string path_;
  std::set<std::string> asked_;
};

}  // namespace acceptlab::results
