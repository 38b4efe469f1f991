#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

#include "scenarios/diagnostics.h"
#include "scenarios/document.h"
#include "scenarios/schema.h"

namespace acceptlab::scenarios {

// One key as somebody set it. Borrows from the document and the schema.
struct Setting {
  std::string path;  // with indices
  const Key* key = nullptr;
  std::size_t index = 0;  // of the device, link or fault, where the key is one of a list
  const Value* value = nullptr;
};

// Everything that a document sets, flat, and where. The document outlives it.
class Settings {
 public:
  // Unknown keys and tables of the wrong shape go to `problems` and are left out.
  Settings(const Document& document, Diagnostics& problems);

  const std::vector<Setting>& all() const { return all_; }
  // Returns null where nobody set it.
  const Setting* find(const std::string& path) const;
  std::size_t device_tables() const { return device_tables_; }
  std::size_t link_tables() const { return link_tables_; }
  std::size_t fault_tables() const { return fault_tables_; }

  // Complains about the first of `paths`, at the line of the first that is set; where none is, at
  // the file as a whole.
  void complain(std::initializer_list<std::string> paths, const std::string& problem,
                Diagnostics& problems) const;

 private:
  void add_table(const Table& table, const std::string& prefix, std::size_t index,
                 Diagnostics& problems);
  void add_entry(const Entry& entry, const std::string& path, std::size_t index,
                 Diagnostics& problems);
  void add_list(const Value& value, const std::string& path, Diagnostics& problems);

  std::string source_;
  std::vector<Setting> all_;
  std::size_t device_tables_ = 0;
  std::size_t link_tables_ = 0;
  std::size_t fault_tables_ = 0;
};

}  // namespace acceptlab::scenarios
