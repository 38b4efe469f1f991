#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/schema.h"
#include "scenarios/value.h"

namespace acceptlab::scenarios {

// Stores `value` in the field. Returns what is wrong with it ("must be 0..500 ms, got -1"), in
// which case the field is unchanged.
std::optional<std::string> assign(const Field& field, const Allowed& allowed, const Value& value);

// Requires: both fields are of one type.
void copy(const Field& from, const Field& to);

// The field's value as TOML. Empty where nothing is to be written: an unset optional, and
// device_count, which the devices themselves replace.
std::optional<std::string> text_of(const Field& field);

// "a number", "an integer", "text"...
std::string type_name(const Field& field, const Allowed& allowed);
// "0..500 ms" or the words; empty: anything of the type.
std::string allowed_text(const Field& field, const Allowed& allowed);

// The words that a value may be, "true" and "false" among them; empty where it is no word.
std::vector<std::string> words_of(const Field& field, const Allowed& allowed);

// True for fields that hold one whole number.
bool is_integral(const Field& field);
// True for fields that hold one number.
bool is_number(const Field& field);
// True for fields that hold text or a word.
bool is_text(const Field& field);

}  // namespace acceptlab::scenarios
