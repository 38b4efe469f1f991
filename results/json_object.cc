#include "results/json_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/base/result.h"
#include "runtime/base/suggest.h"

namespace acceptlab::results {
namespace {

using nlohmann::json;

// Follows a parse: knows where it is, and notices keys that occur twice in one object, which the
// library accepts.
class Follower {
 public:
  explicit Follower(const std::string& origin) : origin_(origin) {}

  void see(json::parse_event_t event, const json& parsed) {
    using Event = json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      open_.push_back({event == Event::array_start, {}, 0, {}});
    } else if (event == Event::key) {
      begin_member(parsed.get<std::string>());
    } else {
      if (event != Event::value) open_.pop_back();
      if (!open_.empty() && open_.back().is_list) ++open_.back().index;
    }
  }

  // "units[3].forward_us"; "" at the top.
  std::string path() const {
    std::string path;
    for (const Level& level : open_) {
      if (level.is_list) {
        path += fmt::format("[{}]", level.index);
      } else if (!level.key.empty()) {
        path += (path.empty() ? "" : ".") + level.key;
      }
    }
    return path;
  }

 private:
  struct Level {
    bool is_list = false;
    std::string key;  // of an object: the last one
    std::size_t index = 0;
    std::set<std::string> keys;
  };

  void begin_member(std::string key) {
    const bool is_new = open_.back().keys.insert(key).second;
    open_.back().key = std::move(key);
    if (!is_new) throw ConfigError(fmt::format("{}: key '{}' is given twice", origin_, path()));
  }

  const std::string& origin_;
  std::vector<Level> open_;
};

// What stands at a byte (from 1), as far as it could be a number or a word: "NaN", "-Infinity".
std::string word_at(const std::string& text, std::size_t byte) {
  const auto belongs = [&text](std::size_t i) {
    const char c = text[i];
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
           c == '-' || c == '.' || c == '_';
  };
  std::size_t begin = std::min(byte == 0 ? 0 : byte - 1, text.size());
  std::size_t end = begin;
  while (begin > 0 && belongs(begin - 1)) --begin;
  while (end < text.size() && belongs(end)) ++end;
  return text.substr(begin, end - begin);
}

// The library's message without the name of its exception.
std::string reason_of(const json::exception& e) {
  const std::string text = e.what();
  const std::size_t end = text.find("] ");
  return text.rfind("[json.exception", 0) == 0 && end != std::string::npos ? text.substr(end + 2)
                                                                           : text;
}

}  // namespace

json parse_json(const std::string& text, const std::string& origin) {
  Follower follower(origin);
  const auto fail = [&](const std::string& reason) {
    const std::string path = follower.path();
    throw ConfigError(fmt::format("{}: {}{}", origin, path.empty() ? "" : path + ": ", reason));
  };
  try {
    return json::parse(text, [&](int /*depth*/, json::parse_event_t event, json& parsed) {
      follower.see(event, parsed);
      return true;
    });
  } catch (const json::parse_error& e) {
    const std::string word = word_at(text, e.byte);
    fail(word.empty() ? reason_of(e) : fmt::format("'{}' is no JSON: {}", word, reason_of(e)));
  } catch (const json::exception& e) {
    fail(reason_of(e));
  }
  return {};  // not reached: fail() throws
}

std::string dump_json(const nlohmann::ordered_json& value) {
  return value.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

JsonObject::JsonObject(const json& value, std::string origin, std::string path)
    : value_(&value), origin_(std::move(origin)), path_(std::move(path)) {
  if (value.is_object()) return;
  throw ConfigError(fmt::format("{}: {} must be an object", origin_, path_.empty() ? "it" : path_));
}

bool JsonObject::has(const std::string& key) {
  asked_.insert(key);
  return value_->contains(key);
}

bool JsonObject::is_null(const std::string& key) { return get(key).is_null(); }

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
  return checked_number(get(key), key, low, high);
}

double JsonObject::checked_number(const json& value, const std::string& key, double low,
                                  double high) const {
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

std::vector<double> JsonObject::numbers(const std::string& key, double low, double high) {
  const json& value = get(key);
  if (!value.is_array()) fail(key, "must be a list");
  std::vector<double> numbers;
  for (const json& item : value) numbers.push_back(checked_number(item, key, low, high));
  return numbers;
}

std::vector<std::string> JsonObject::keys() const {
  std::vector<std::string> keys;
  for (const auto& item : value_->items()) keys.push_back(item.key());
  return keys;
}

void JsonObject::finish() const {
  for (const std::string& key : keys()) {
    if (asked_.count(key) > 0) continue;
    const std::vector<std::string> known(asked_.begin(), asked_.end());
    fail(key, "is not a known key" + hint(key, known));
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
