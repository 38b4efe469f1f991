#pragma once

#include <string>
#include <vector>

#include "scenarios/schema.h"

namespace acceptlab::scenarios {

// "network.links[].delay_ms" in "network.links[]" is called "delay_ms"; what has no dot is in "".
std::string section_of(const Key& key);
std::string name_in_section(const Key& key);

// A table of a scenario file.
struct Section {
  std::string path;              // "network", "devices[]"; "": the keys in front of any table
  std::vector<const Key*> keys;  // in the schema's order

  std::string header() const;  // "[network]", "[[devices]]"; "" where path is
};

// All tables, in the order in which the schema first names them.
std::vector<Section> sections();

}  // namespace acceptlab::scenarios
