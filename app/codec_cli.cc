#include "app/codec_cli.h"

#include <cstdint>
#include <string>

#include "compression/codec_spec.h"

namespace acceptlab::app {

namespace {

using Action = std::function<int()>;

constexpr const char* kJsonHelp = "print JSON; what is infinite is null";

void add_choice(CLI::App& command, CodecChoice& choice) {
  command.add_option("--codec", choice.codec,
                     "codec by its name (below); excludes --scheme to "
                     "--lossless");
  command.add_option("--scheme", choice.scheme, "none, fp16, uniform, suq or mbq");
  command.add_option("--bits", choice.bits, "of uniform, suq and mbq: 1 to 8 a value (default: 4)");
  command.add_option("--fit", choice.fit,
                     "of mbq: greedy, refined or alternating (default: refined)");
  command.add_option("--cycles", choice.cycles, "of --fit alternating (default: 3)");
  command.add_flag_function(
      "--offset,!--no-offset", [&](std::int64_t count) { choice.offset = count > 0; },
      "of mbq: fit around each group's mean (default: yes)");
  command.add_option("--range", choice.range,
                     "of uniform and suq: minmax, clip, relu6 or LOW:HIGH (default: minmax)");
  command.add_flag("--zeros", choice.zeros, "a bit mask in place of exact zeros, where it saves");
  command.add_flag("--lossless", choice.lossless, "zstd over the message, where it saves");
  command.add_option("--group", choice.group,
                     "of uniform, suq and mbq: values that share scales, a multiple of 8 "
                     "(default: 0, chosen by the bits)");
  command.add_option("--seed", choice.seed, "of suq's random rounding (default: 0)");
}

void add_encode(CLI::App& app, CodecEncodeArguments& arguments, Action& action) {
  CLI::App* command = app.add_subcommand("encode", "make an encoded tensor of a .npy file");
  command->add_option("IN", arguments.in, ".npy file, float32 or float16 in C order")->required();
  command->add_option("OUT", arguments.out, "file to write; replaced if it exists")->required();
  add_choice(*command, arguments.choice);
  command
      ->add_option("--non-finite", arguments.non_finite,
                   "NaN, infinite and huge values: error, or replace by what can be encoded")
      ->capture_default_str();
  command->footer(std::string("Names of codecs: ") + compression::kCodecNameHelp +
                  ".\nAn option without effect on the codec is an error.");
  command->callback([&] { action = [&] { return codec_encode_command(arguments); }; });
}

void add_decode(CLI::App& app, CodecDecodeArguments& arguments, Action& action) {
  CLI::App* command = app.add_subcommand("decode", "make a .npy file of an encoded tensor");
  command->add_option("IN", arguments.in, "encoded tensor")->required();
  command
      ->add_option("OUT", arguments.out,
                   ".npy file to write, with the shape and dtype of the original; replaced if it "
                   "exists")
      ->required();
  command->callback([&] { action = [&] { return codec_decode_command(arguments); }; });
}

void add_inspect(CLI::App& app, CodecInspectArguments& arguments, Action& action) {
  CLI::App* command = app.add_subcommand("inspect", "check an encoded tensor and print its header");
  command->add_option("FILE", arguments.file, "encoded tensor")->required();
  command->add_flag("--json", arguments.json, kJsonHelp);
  command->callback([&] { action = [&] { return codec_inspect_command(arguments); }; });
}

void add_compare(CLI::App& app, CodecCompareArguments& arguments, Action& action) {
  CLI::App* command = app.add_subcommand("compare", "print how far a .npy file is from another");
  command->add_option("A", arguments.reference, ".npy file, the reference")->required();
  command->add_option("B", arguments.other, ".npy file of the same shape; errors are B - A")
      ->required();
  command->add_flag("--json", arguments.json, kJsonHelp);
  command->callback([&] { action = [&] { return codec_compare_command(arguments); }; });
}

void add_table(CLI::App& app, CodecTableArguments& arguments, Action& action) {
  CLI::App* command =
      app.add_subcommand("table", "measure all schemes and bits on a .npy file, on one thread");
  command->add_option("IN", arguments.file, ".npy file, float32 or float16 in C order")->required();
  command->add_flag("--all", arguments.all,
                    "with every fit, range, no offset, zeros and zstd too: five times as many");
  command->add_flag("--json", arguments.json, kJsonHelp);
  command->add_flag("--csv", arguments.csv, "print comma-separated values");
  command->footer("GB/s are 10^9 bytes of float32; the ratio is to the file's own dtype.");
  command->callback([&] { action = [&] { return codec_table_command(arguments); }; });
}

}  // namespace

void add_codec(CLI::App& app, CodecArguments& arguments, Action& action) {
  CLI::App* command = app.add_subcommand("codec", "encode, decode and compare tensors in files");
  command->require_subcommand(1);
  add_encode(*command, arguments.encode, action);
  add_decode(*command, arguments.decode, action);
  add_inspect(*command, arguments.inspect, action);
  add_compare(*command, arguments.compare, action);
  add_table(*command, arguments.table, action);
}

}  // namespace acceptlab::app
