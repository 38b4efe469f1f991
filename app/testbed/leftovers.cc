#include "app/testbed/leftovers.h"

#include <filesystem>
#include <set>
#include <system_error>

#include "app/process.h"
#include "app/testbed/cpu_group.h"
#include "app/testbed/host.h"
#include "app/testbed/owner.h"

namespace acceptlab::testbed {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    names.push_back(entry.path().filename());
  }
  return names;
}

}  // namespace

std::vector<std::string> remove_leftovers() {
  std::set<std::string> tags;
  // Groups first: their processes hold the namespaces.
  for (const std::string& name : abandoned(names_in(kCpuController))) {
    remove_group(fs::path(kCpuController) / name);
    tags.insert(tag_of(*owner_of(name)));
  }
  for (const std::string& name : abandoned(names_in(kNamespaces))) {
    app::run_with_input({"ip", "netns", "del", name}, "");
    tags.insert(tag_of(*owner_of(name)));
  }
  for (const std::string& name : abandoned(names_in(kRuntimeFiles))) {
    std::error_code ignored;
    fs::remove_all(fs::path(kRuntimeFiles) / name, ignored);
    tags.insert(tag_of(*owner_of(name)));
  }
  return {tags.begin(), tags.end()};
}

}  // namespace acceptlab::testbed
