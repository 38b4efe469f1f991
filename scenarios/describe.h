#pragma once

#include <string>

namespace acceptlab::scenarios {

struct Key;

// What a value of the key must be, what it means and what it needs, in lines of at most 100
// characters that begin with `prefix` and a space.
std::string describe_key(const Key& key, const std::string& prefix);

// True for keys of a listed link that are those of the default link again.
bool repeats_link_key(const Key& key);

// Help text: every key with type, unit, default, allowed values and meaning.
std::string describe_keys();

}  // namespace acceptlab::scenarios
