#pragma once

#include <map>
#include <string>

namespace acceptlab::app {

// Where results come from.
std::string source_revision();  // of the sources this program was built from
std::map<std::string, std::string> library_versions();
std::map<std::string, std::string> machine_facts();  // processor, cores, memory, kernel
std::string utc_now();                               // "2024-05-01T12:00:00Z"

}  // namespace acceptlab::app
