#include "app/provenance.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <ctime>
#include <fstream>

#include "app/revision.h"
#include "runtime/torch/setup.h"
#include "sim/ns3_version.h"

namespace acceptlab::app {

namespace {

std::string processor_model() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    const auto colon = line.find(": ");
    if (line.rfind("model name", 0) == 0 && colon != std::string::npos)
      return line.substr(colon + 2);
  }
  return "unknown";
}

}  // namespace

std::string source_revision() { return kRevision; }

std::map<std::string, std::string> library_versions() {
  std::map<std::string, std::string> versions;
  versions["acceptlab"] = kVersion;
  versions["compiler"] = __VERSION__;
  versions["ns-3"] = sim::ns3_version();
  const auto environment = torch_stage::torch_environment();
  versions["libtorch"] = environment.at("torch_version");
  versions["blas"] = environment.at("blas");
  return versions;
}

std::map<std::string, std::string> machine_facts() {
  std::map<std::string, std::string> facts;
  facts["processor"] = processor_model();
  facts["cores"] = std::to_string(sysconf(_SC_NPROCESSORS_ONLN));
  const double gib = static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
                     static_cast<double>(sysconf(_SC_PAGE_SIZE)) / (1024.0 * 1024 * 1024);
  facts["memory_gib"] = std::to_string(static_cast<int>(gib + 0.5));
  utsname name = {};
  if (uname(&name) == 0) facts["kernel"] = std::string(name.sysname) + " " + name.release;
  return facts;
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc = {};
  gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

}  // namespace acceptlab::app
