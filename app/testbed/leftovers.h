#pragma once

#include <string>
#include <vector>

namespace acceptlab::testbed {

// Removes what testbeds have left whose process is gone (killed, so that it could not clean up):
// their namespaces, control groups, the processes in those, and keys. Returns the tags. Touches
// nothing else. Requires: root.
std::vector<std::string> remove_leftovers();

}  // namespace acceptlab::testbed
