#include "scenarios/field.h"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include "runtime/base/suggest.h"
#include "scenarios/choices.h"

namespace acceptlab::scenarios {
namespace {

using Problem = std::optional<std::string>;

constexpr std::size_t kLongestList = 100'000;
constexpr std::size_t kMostTexts = 16;

template <typename T>
using FieldType = std::remove_pointer_t<std::decay_t<T>>;

std::string with_unit(const Allowed& allowed) {
  return toml_text(allowed.min) + ".." + toml_text(allowed.max) +
         (allowed.unit.empty() ? "" : " " + allowed.unit);
}

bool within(double number, const Allowed& allowed) {
  return number >= allowed.min && number <= allowed.max;  // false for NaN
}

std::optional<double> number_in(const Value& value) {
  if (const auto* whole = value.get<std::int64_t>()) return static_cast<double>(*whole);
  if (const auto* number = value.get<double>()) return *number;
  return std::nullopt;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

Problem no_word(const std::string& got, const std::vector<std::string>& words,
                const std::string& shown) {
  return "must be one of " + (shown.empty() ? joined(words) : shown) + ", got " + toml_text(got) +
         hint(got, words);
}

template <typename Enum>
std::vector<std::string> words_in() {
  const Words words = words_of(Enum{});
  return {words.begin(), words.end()};
}

Problem read_pair(const Value& item, const Allowed& allowed, std::vector<Step>& steps) {
  const auto* pair = item.get<List>();
  const auto time = pair && pair->size() == 2 ? number_in((*pair)[0]) : std::nullopt;
  const auto value = pair && pair->size() == 2 ? number_in((*pair)[1]) : std::nullopt;
  if (!time || !value) return "must be a list of pairs [time_s, value], got " + spoken(item);
  if (!(*time >= 0 && *time <= 1e6)) return "times must be 0..1e6 s, got " + toml_text(*time);
  if (!within(*value, allowed)) {
    return "values must be " + with_unit(allowed) + ", got " + toml_text(*value);
  }
  if (!steps.empty() && *time <= steps.back().time_s) {
    return "times must increase, got " + toml_text(*time) + " after " +
           toml_text(steps.back().time_s);
  }
  steps.push_back({*time, *value});
  return std::nullopt;
}

// Stores a value in a field of known type.
struct Assign {
  const Allowed& allowed;
  const Value& value;

  Problem wrong_type(const std::string& type) const {
    return "must be " + type + ", got " + spoken(value);
  }

  Problem operator()(bool* field) const {
    const auto* flag = value.get<bool>();
    if (flag == nullptr) return wrong_type("true or false");
    *field = *flag;
    return std::nullopt;
  }

  template <typename Integer>
  Problem store_integer(Integer* field) const {
    const auto* whole = value.get<std::int64_t>();
    if (whole == nullptr) return wrong_type("an integer, " + with_unit(allowed));
    if (!within(static_cast<double>(*whole), allowed)) return wrong_type(with_unit(allowed));
    *field = static_cast<Integer>(*whole);
    return std::nullopt;
  }
  Problem operator()(int* field) const { return store_integer(field); }
  Problem operator()(std::int64_t* field) const { return store_integer(field); }

  Problem operator()(double* field) const {
    const auto number = number_in(value);
    if (!number) return wrong_type("a number, " + with_unit(allowed));
    if (!within(*number, allowed)) return wrong_type(with_unit(allowed));
    *field = *number;
    return std::nullopt;
  }
  Problem operator()(std::optional<double>* field) const {
    double number = 0.0;
    Problem problem = (*this)(&number);
    if (!problem) *field = number;
    return problem;
  }

  Problem store_read(const std::string& text, std::string* field) const {
    Result<std::string> read = allowed.read(text);
    if (!read) return read.error().message;
    *field = std::move(read).value();
    return std::nullopt;
  }
  Problem operator()(std::string* field) const {
    const auto* text = value.get<std::string>();
    if (text == nullptr) return wrong_type("text in quotes");
    if (allowed.read) return store_read(*text, field);
    bool known = allowed.words.empty();
    for (const std::string& word : allowed.words) known = known || word == *text;
    if (!known) return no_word(*text, allowed.words, allowed.words_shown);
    *field = *text;
    return std::nullopt;
  }

  Problem operator()(std::vector<int>* field) const {
    const auto* list = value.get<List>();
    if (list == nullptr) return wrong_type("a list of integers, " + with_unit(allowed));
    if (list->size() > kLongestList) return "has more than 100000 items";
    std::vector<int> numbers;
    for (const Value& item : *list) {
      int number = 0;
      if (Problem problem = Assign{allowed, item}(&number)) return "each item " + *problem;
      if (!numbers.empty() && number <= numbers.back()) {
        return "must increase, got " + std::to_string(number) + " after " +
               std::to_string(numbers.back());
      }
      numbers.push_back(number);
    }
    *field = std::move(numbers);
    return std::nullopt;
  }

  Problem operator()(std::vector<Step>* field) const {
    const auto* list = value.get<List>();
    if (list == nullptr) return wrong_type("a list of pairs [time_s, value]");
    if (list->size() > kLongestList) return "has more than 100000 items";
    std::vector<Step> steps;
    for (const Value& item : *list) {
      if (Problem problem = read_pair(item, allowed, steps)) return problem;
    }
    *field = std::move(steps);
    return std::nullopt;
  }

  Problem operator()(std::vector<std::string>* field) const {
    const auto* list = value.get<List>();
    if (list == nullptr) return wrong_type("a list of texts in quotes");
    if (list->size() > kMostTexts) return "has more than " + std::to_string(kMostTexts) + " items";
    std::vector<std::string> texts;
    for (const Value& item : *list) {
      std::string text;
      if (Problem problem = Assign{allowed, item}(&text)) return "each item " + *problem;
      if (std::find(texts.begin(), texts.end(), text) != texts.end()) {
        return "must have each item once, got " + toml_text(text) + " twice";
      }
      texts.push_back(std::move(text));
    }
    *field = std::move(texts);
    return std::nullopt;
  }

  Problem operator()(std::vector<Device>* field) const {
    std::int64_t count = 0;
    if (Problem problem = store_integer(&count)) return problem;
    field->assign(static_cast<std::size_t>(count), Device{});
    return std::nullopt;
  }

  template <typename Enum, typename = std::enable_if_t<std::is_enum_v<Enum>>>
  Problem operator()(Enum* field) const {
    const auto* text = value.get<std::string>();
    const std::vector<std::string> words = words_in<Enum>();
    if (text == nullptr) return wrong_type("one of " + joined(words));
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i] == *text) {
        *field = static_cast<Enum>(i);
        return std::nullopt;
      }
    }
    return no_word(*text, words, "");
  }
};

struct TextOfField {
  using Text = std::optional<std::string>;
  Text operator()(const bool* field) const { return *field ? "true" : "false"; }
  Text operator()(const int* field) const { return std::to_string(*field); }
  Text operator()(const std::int64_t* field) const { return std::to_string(*field); }
  Text operator()(const double* field) const { return toml_text(*field); }
  Text operator()(const std::string* field) const { return toml_text(*field); }
  Text operator()(const std::vector<Device>*) const { return std::nullopt; }
  Text operator()(const std::optional<double>* field) const {
    return *field ? Text(toml_text(**field)) : std::nullopt;
  }
  Text operator()(const std::vector<int>* field) const {
    std::string text;
    for (const int item : *field) text += (text.empty() ? "" : ", ") + std::to_string(item);
    return "[" + text + "]";
  }
  Text operator()(const std::vector<std::string>* field) const {
    std::string text;
    for (const std::string& item : *field) text += (text.empty() ? "" : ", ") + toml_text(item);
    return "[" + text + "]";
  }
  Text operator()(const std::vector<Step>* field) const {
    std::string text;
    for (const Step& step : *field) {
      text += (text.empty() ? "[" : ", [") + toml_text(step.time_s) + ", " + toml_text(step.value) +
              "]";
    }
    return "[" + text + "]";
  }
  template <typename Enum, typename = std::enable_if_t<std::is_enum_v<Enum>>>
  Text operator()(const Enum* field) const {
    return toml_text(to_string(*field));
  }
};

}  // namespace

std::optional<std::string> assign(const Field& field, const Allowed& allowed, const Value& value) {
  return std::visit(Assign{allowed, value}, field);
}

void copy(const Field& from, const Field& to) {
  std::visit([&](auto* source) { *std::get<decltype(source)>(to) = *source; }, from);
}

std::optional<std::string> text_of(const Field& field) { return std::visit(TextOfField{}, field); }

std::string type_name(const Field& field, const Allowed& allowed) {
  return std::visit(
      [&](auto* pointer) -> std::string {
        using T = FieldType<decltype(pointer)>;
        if constexpr (std::is_same_v<T, bool>) return "true or false";
        if constexpr (std::is_integral_v<T> || std::is_same_v<T, std::vector<Device>>) {
          return "integer";
        }
        if constexpr (std::is_same_v<T, double> || std::is_same_v<T, std::optional<double>>) {
          return "number";
        }
        if constexpr (std::is_same_v<T, std::vector<int>>) return "list of integers";
        if constexpr (std::is_same_v<T, std::vector<Step>>) return "list of pairs";
        if constexpr (std::is_same_v<T, std::vector<std::string>>) return "list of texts";
        if (allowed.role == TextRole::kFile) return "file";
        return allowed.role == TextRole::kDirectory ? "directory" : "text";
      },
      field);
}

std::string allowed_text(const Field& field, const Allowed& allowed) {
  return std::visit(
      [&](auto* pointer) -> std::string {
        using T = FieldType<decltype(pointer)>;
        if constexpr (std::is_enum_v<T>) {
          return joined(words_in<T>());
        } else if constexpr (std::is_same_v<T, bool>) {
          return "";
        } else if constexpr (std::is_same_v<T, std::string> ||
                             std::is_same_v<T, std::vector<std::string>>) {
          return allowed.words_shown.empty() ? joined(allowed.words) : allowed.words_shown;
        } else {
          return with_unit(allowed);
        }
      },
      field);
}

std::vector<std::string> words_of(const Field& field, const Allowed& allowed) {
  return std::visit(
      [&](auto* pointer) -> std::vector<std::string> {
        using T = FieldType<decltype(pointer)>;
        if constexpr (std::is_enum_v<T>) return words_in<T>();
        if constexpr (std::is_same_v<T, bool>) return {"true", "false"};
        return allowed.words;
      },
      field);
}

bool is_integral(const Field& field) {
  return std::holds_alternative<int*>(field) || std::holds_alternative<std::int64_t*>(field) ||
         std::holds_alternative<std::vector<Device>*>(field);
}

bool is_number(const Field& field) {
  return is_integral(field) || std::holds_alternative<double*>(field) ||
         std::holds_alternative<std::optional<double>*>(field);
}

bool is_text(const Field& field) {
  return std::visit(
      [](auto* pointer) {
        using T = FieldType<decltype(pointer)>;
        return std::is_enum_v<T> || std::is_same_v<T, std::string>;
      },
      field);
}

}  // namespace acceptlab::scenarios
