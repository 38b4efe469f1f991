#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "app/commands.h"

namespace acceptlab::app {

struct CodecArguments {
  CodecEncodeArguments encode;
  CodecDecodeArguments decode;
  CodecInspectArguments inspect;
  CodecCompareArguments compare;
  CodecTableArguments table;
};

// Adds `codec` and its sub-commands. Parsing one sets `action` to what it does. `arguments` and
// `action` outlive the command line.
void add_codec(CLI::App& app, CodecArguments& arguments, std::function<int()>& action);

}  // namespace acceptlab::app
