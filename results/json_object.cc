#include "results/json_object.h"

#include <fmt/format.h>

#include <utility>

#include "runtime/base/result.h"

namespace acceptlab::results {
namespace {

using nlohmann::json;

// Follows a parse and notices keys that occur twice in one object, which the library accepts.
class DuplicateKeys {
 public:
  explicit DuplicateKeys(std::string origin) : origin_(std::move(origin)) {}

  bool operator()(json::parse_event_t event, const json& parsed) {
    if (event == json::parse_event_t::object_start) {
      open_.emplace_back();
    } else if (event == json::parse_event_t::object_end) {
      open_.pop_back();
    } else if (event == json::parse_event_t::key) {
      const auto key = parsed.get<std::string>();
      if (!open_.back().insert(key).second) {
        throw ConfigError(fmt::format("{}: key '{}' is given twice", origin_, key));
      }
    }
    return true;
  }

 private:
  std::string origin_;
  std::vector<std::set<std::string>> open_;
};

}  // namespace

json parse_json(const std::string& text, const std::string& origin) {
  try {
    DuplicateKeys duplicates(origin);
    return json::parse(text, [&](int /*depth*/, json::parse_event_t event, json& parsed) {
      return duplicates(event, parsed);
    });
  } catch (const json::exception& e) {
    throw ConfigError(fmt::format("{}: {}", origin, e.what()));
  }
}

std::string dump_json(const nlohmann::ordered_json& value) {
  return value.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

JsonObject::JsonObject(const json& value, std::string origin, std::string path)
    : value_(&value), origin_(std::move(origin)), path_(std::move(path)) {
  if (value.is_object()) return;
  throw ConfigError(fmt::format("{}: {} must be an object", origin_, path_.empty() ? "it" : path_));
}

std::string JsonObject::text(const std::string& key) {
  const json& value = get(key);
  if (!value.is_string()) fail(key, "must be a text");
  return value.get<std::string>();
}

bool JsonObject::boolean(const std::string& key) {
  const json& value = get(key);
  if (!value.is_boolean()) fail(key, "must be true or false");
  return value.get<bool>();
}

std::int64_t JsonObject::integer(const std::string& key, std::int64_t low, std::int64_t high) {
  return checked_integer(get(key), key, low, high);
}

std::uint64_t JsonObject::unsigned_integer(const std::string& key) {
  const json& value = get(key);
  if (!value.is_number_unsigned()) fail(key, "must be a whole number, at least 0");
  return value.get<std::uint64_t>();
}

double JsonObject::number(const std::string& key, double low, double high) {
  const json& value = get(key);
  if (!value.is_number()) fail(key, "must be a number, got " + value.dump());
  const auto number = value.get<double>();
  if (!(number >= low && number <= high)) {
    fail(key, fmt::format("must be {}..{}, got {}", low, high, value.dump()));
  }
  return number;
}

std::optional<double> JsonObject::optional_number(const std::string& key, double low, double high) {
  if (get(key).is_null()) return std::nullopt;
  return number(key, low, high);
}

std::vector<std::string> JsonObject::texts(const std::string& key) {
  const json& value = get(key);
  std::vector<std::string> texts;
  if (!value.is_array()) fail(key, "must be a list");
  for (const json& item : value) {
    if (!item.is_string()) fail(key, "must be a list of texts");
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

JsonObject JsonObject::object(const std::string& key) { return {get(key), origin_, path_of(key)}; }

std::vector<JsonObject> JsonObject::objects(const std::string& key) {
  const json& value = get(key);
  if (!value.is_array()) fail(key, "must be a list");
  std::vector<JsonObject> objects;
  for (std::size_t i = 0; i < value.size(); ++i) {
    objects.emplace_back(value[i], origin_, fmt::format("{}[{}]", path_of(key), i));
  }
  return objects;
}

std::vector<std::int64_t> JsonObject::integers(const std::string& key, std::int64_t low,
                                               std::int64_t high) {
  const json& value = get(key);
  if (!value.is_array()) fail(key, "must be a list");
  std::vector<std::int64_t> numbers;
  for (const json& item : value) numbers.push_back(checked_integer(item, key, low, high));
  return numbers;
}

std::vector<std::string> JsonObject::keys() const {
  std::vector<std::string> keys;
  for (const auto& item : value_->items()) keys.push_back(item.key());
  return keys;
}

void JsonObject::finish() const {
  for (const std::string& key : keys()) {
    if (asked_.count(key) == 0) fail(key, "is not a known key");
  }
}

void JsonObject::fail(const std::string& key, const std::string& rule) const {
  throw ConfigError(fmt::format("{}: {} {}", origin_, path_of(key), rule));
}

const json& JsonObject::get(const std::string& key) {
  asked_.insert(key);
  const auto found = value_->find(key);
  if (found == value_->end()) fail(key, "is missing");
  return *found;
}

std::int64_t JsonObject::checked_integer(const json& value, const std::string& key,
                                         std::int64_t low, std::int64_t high) const {
  if (!value.is_number_integer()) fail(key, "must be a whole number, got " + value.dump());
  const bool too_big = value.is_number_unsigned() &&
                       value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
  const auto number = value.get<std::int64_t>();
  if (too_big || number < low || number > high) {
    fail(key, fmt::format("must be {}..{}, got {}", low, high, value.dump()));
  }
  return number;
}

std::string JsonObject::path_of(const std::string& key) const {
  return path_.empty() ? key : path_ + '.' + key;
}

}  // namespace acceptlab::results
