#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/value.h"

namespace acceptlab::scenarios {

// A scenario file as it was written, with --set applied, not yet checked against the schema.
struct Document {
  std::string source;               // name for messages
  std::filesystem::path directory;  // relative paths in the file are relative to it
  Table root;

  // True where the file has a [sweep] with at least one key.
  bool has_sweep() const;
};

// Reads a file and applies `overrides` ("key=value", see apply_override) in order. Throws
// ConfigError where the file cannot be read, is not TOML, or an override names no key.
Document read_document(const std::filesystem::path& file,
                       const std::vector<std::string>& overrides = {});

// The same for text that stands in no file.
Document parse_document(std::string_view text, const std::string& source,
                        const std::filesystem::path& directory,
                        const std::vector<std::string>& overrides = {});

// Applies "network.delay_ms=5", "devices[1].slowdown=2" or "sweep.seed=[1, 2]". The value is TOML;
// text needs no quotes, relative paths are relative to the working directory. A key that the sweep
// varies is no longer varied. Throws ConfigError.
void apply_override(Document& document, const std::string& assignment);

// Puts a value at a path such as "devices[1].slowdown"; tables on the way are made where missing.
// Throws ConfigError where the schema has no such key or the list no such item.
void set_value(Document& document, const std::string& path, Value value);

// "devices[1].slowdown" to "devices[].slowdown", as the schema has it.
std::string schema_path(const std::string& path);

// "lte.toml:3: key 'sede' is unknown; did you mean 'seed'?"
std::string unknown_key(const Origin& origin, const std::string& path);

}  // namespace acceptlab::scenarios
