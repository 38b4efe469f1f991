#include <cstdio>

#include "app/commands.h"
#include "app/message_info.h"
#include "app/tensor_file.h"

namespace acceptlab::app {

int codec_inspect_command(const CodecInspectArguments& arguments) {
  const std::vector<std::uint8_t> message = load_message(arguments.file);
  const compression::TensorInfo info = inspect_message(arguments.file, message);
  const auto print = arguments.json ? message_to_json : describe_message;
  std::printf("%s", print(arguments.file, info).c_str());
  return 0;
}

}  // namespace acceptlab::app
