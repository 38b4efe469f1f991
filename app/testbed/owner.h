#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace acceptlab::testbed {

// The process that made something of this host. Its start is part of it, as process ids come again.
struct Owner {
  std::int64_t pid = 0;
  std::uint64_t start_ticks = 0;  // since boot, as /proc/PID/stat has it
};

Owner this_process();
bool is_alive(const Owner& owner);

// What the names of everything that an owner makes begin with: "acceptlab-PID-TICKS".
std::string tag_of(const Owner& owner);

// Whose a name is: a tag, alone or with "-" and more behind it. Nothing where the name is another.
std::optional<Owner> owner_of(const std::string& name);

// Those of the names whose owners have ended.
std::vector<std::string> abandoned(const std::vector<std::string>& names);

}  // namespace acceptlab::testbed
