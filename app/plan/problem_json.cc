#include "app/plan/problem_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "results/json_object.h"
#include "results/text_file.h"
#include "runtime/base/result.h"
#include "runtime/base/suggest.h"

namespace acceptlab::app {

namespace {

using namespace partition;  // NOLINT(google-build-using-namespace): this file is all about it
using results::JsonObject;

constexpr double kAny = std::numeric_limits<double>::max();
constexpr double kMost = 1e18;               // as partition::check() has it
constexpr int kMostUnitsOfSubModels = 4096;  // a table of their squares for each device

double not_negative(JsonObject& object, const std::string& key) {
  const double number = object.number(key, -kAny, kAny);
  if (number >= 0.0 && number <= kMost) return number;
  object.fail(key, fmt::format("must be from 0 to {}, got {}", kMost, number));
}

double positive(JsonObject& object, const std::string& key) {
  const double number = object.number(key, -kAny, kAny);
  if (number > 0.0 && number <= kMost) return number;
  object.fail(key, fmt::format("must be above 0, at most {}, got {}", kMost, number));
}

double not_negative(JsonObject& object, const std::string& key, double otherwise) {
  return object.has(key) ? not_negative(object, key) : otherwise;
}

double positive(JsonObject& object, const std::string& key, double otherwise) {
  return object.has(key) ? positive(object, key) : otherwise;
}

// A limit that null, as well as leaving it out, takes away.
std::optional<double> limit(JsonObject& object, const std::string& key) {
  if (!object.has(key) || object.is_null(key)) return std::nullopt;
  return not_negative(object, key);
}

template <typename Enum>
Enum word(JsonObject& object, const std::string& key, Enum otherwise,
          std::initializer_list<Enum> all) {
  if (!object.has(key)) return otherwise;
  const std::string text = object.text(key);
  std::vector<std::string> words;
  for (const Enum value : all) {
    if (text == to_string(value)) return value;
    words.emplace_back(to_string(value));
  }
  object.fail(key, fmt::format("must be one of {}; got '{}'{}", fmt::join(words, ", "), text,
                               hint(text, words)));
}

UnitTime read_time(JsonObject& object) {
  return {not_negative(object, "forward_us"), not_negative(object, "backward_us")};
}

// Names of what is listed under one key: "u1" and so on where none is given, and each only once.
class Names {
 public:
  Names(std::string list, const char* prefix, int first)
      : list_(std::move(list)), prefix_(prefix), first_(first) {}

  std::string next(JsonObject& object) {
    const int index = static_cast<int>(indices_.size());
    std::string name =
        object.has("name") ? object.text("name") : fmt::format("{}{}", prefix_, first_ + index);
    if (name.empty()) object.fail("name", "must not be empty");
    const auto [at, is_new] = indices_.emplace(name, index);
    if (!is_new) {
      object.fail("name", fmt::format("must be unique, but {}[{}] has the name '{}', too", list_,
                                      at->second, name));
    }
    return name;
  }

  int index_of(JsonObject& object, const std::string& key) const {
    const std::string name = object.text(key);
    const auto found = indices_.find(name);
    if (found != indices_.end()) return found->second;
    std::vector<std::string> names;
    for (const auto& [known, index] : indices_) names.push_back(known);
    object.fail(key, fmt::format("must be the name of one of the {}, got '{}'{}", list_, name,
                                 hint(name, names)));
  }

 private:
  std::string list_;
  const char* prefix_;
  int first_;
  std::map<std::string, int> indices_;
};

class Reader {
 public:
  Reader(const nlohmann::json& json, const std::string& origin)
      : origin_(origin), top_(json, origin) {}

  PlanInput read() {
    input_.name = top_.has("name") ? top_.text("name") : origin_;
    read_units();
    read_codecs();
    read_devices();
    read_links();
    read_settings();
    top_.finish();
    if (const auto error = check(problem())) {
      throw ConfigError(fmt::format("{}: {}", origin_, error->message));
    }
    return std::move(input_);
  }

 private:
  Problem& problem() { return input_.problem; }

  std::vector<JsonObject> some_objects(const std::string& key) {
    std::vector<JsonObject> objects = top_.objects(key);
    if (objects.empty()) top_.fail(key, "must not be empty");
    return objects;
  }

  void read_units() {
    Names names("units", "u", 1);
    for (JsonObject& object : some_objects("units")) {
      Unit unit;
      unit.name = names.next(object);
      unit.time = read_time(object);
      unit.activation_bytes = not_negative(object, "activation_bytes");
      unit.gradient_bytes = not_negative(object, "gradient_bytes");
      unit.parameter_bytes = not_negative(object, "parameter_bytes");
      unit.stash_bytes = not_negative(object, "stash_bytes", 0.0);
      object.finish();
      problem().units.push_back(std::move(unit));
    }
  }

  void read_codecs() {
    if (!top_.has("codecs")) {
      const double ratio = positive(top_, "compression_ratio", 1.0);
      if (ratio != 1.0) {
        problem().codecs.push_back({fmt::format("ratio {}", ratio), ratio, ratio, {}, {}, 0.0});
      }
      return;
    }
    if (top_.has("compression_ratio")) {
      top_.fail("compression_ratio", "must not be given with codecs, which have their own");
    }
    Names names("codecs", "c", 0);
    for (JsonObject& object : some_objects("codecs")) {
      problem().codecs.push_back(read_codec(object, names));
    }
  }

  static Codec read_codec(JsonObject& object, Names& names) {
    Codec codec;
    codec.name = names.next(object);
    const bool both = object.has("compression_ratio");
    for (const char* one : {"activation_ratio", "gradient_ratio"}) {
      if (object.has(one) && both) {
        object.fail(one, "must not be given with compression_ratio, which is of both directions");
      }
    }
    const double ratio = positive(object, "compression_ratio", 1.0);
    codec.activation_ratio = positive(object, "activation_ratio", ratio);
    codec.gradient_ratio = positive(object, "gradient_ratio", ratio);
    codec.activation_time = {not_negative(object, "encode_us_per_byte", 0.0),
                             not_negative(object, "decode_us_per_byte", 0.0)};
    codec.gradient_time = codec.activation_time;
    codec.quality_cost = not_negative(object, "quality_cost", 0.0);
    object.finish();
    return codec;
  }

  void read_devices() {
    for (JsonObject& object : some_objects("devices")) {
      Device device;
      device.name = device_names_.next(object);
      device.time_factor = positive(object, "time_factor", 1.0);
      read_unit_times(object, device);
      read_sub_model_times(object, device);
      read_own_link(object, device);
      device.memory_bytes = limit(object, "memory_bytes");
      device.codec_time_factor = not_negative(object, "codec_time_factor", 1.0);
      object.finish();
      problem().devices.push_back(std::move(device));
    }
  }

  void read_unit_times(JsonObject& object, Device& device) {
    if (!object.has("unit_times")) return;
    if (object.has("time_factor")) {
      object.fail("time_factor", "must not be given with unit_times, which it would not change");
    }
    for (JsonObject& item : object.objects("unit_times")) {
      device.unit_times.push_back(read_time(item));
      item.finish();
    }
    if (device.unit_times.size() != problem().units.size()) {
      object.fail("unit_times", fmt::format("must have an entry for each of the {} units, has {}",
                                            problem().units.size(), device.unit_times.size()));
    }
  }

  // Sub-models that are not listed take the sum of their units' times.
  void read_sub_model_times(JsonObject& object, Device& device) {
    if (!object.has("sub_model_times")) return;
    const int units = problem().unit_count();
    if (units > kMostUnitsOfSubModels) {
      object.fail("sub_model_times", fmt::format("must not be given for more than {} units, got {}",
                                                 kMostUnitsOfSubModels, units));
    }
    fill_sub_models(device);
    std::vector<bool> listed(device.sub_model_times.size(), false);
    for (JsonObject& item : object.objects("sub_model_times")) {
      const std::int64_t first = item.integer("first_unit", 1, units);
      const std::int64_t last = item.integer("last_unit", first, units);
      const auto at = static_cast<std::size_t>((first - 1) * units + last - 1);
      if (listed[at]) item.fail("first_unit", fmt::format("{}..{} is listed twice", first, last));
      listed[at] = true;
      device.sub_model_times[at] = read_time(item);
      item.finish();
    }
  }

  void fill_sub_models(Device& device) {
    const std::size_t units = problem().units.size();
    device.sub_model_times.assign(units * units, {});
    for (std::size_t first = 0; first < units; ++first) {
      UnitTime sum;
      for (std::size_t last = first; last < units; ++last) {
        const UnitTime time = time_of(device, last);
        sum.forward_us += time.forward_us;
        sum.backward_us += time.backward_us;
        device.sub_model_times[first * units + last] = sum;
      }
    }
  }

  UnitTime time_of(const Device& device, std::size_t unit) {
    if (!device.unit_times.empty()) return device.unit_times[unit];
    const UnitTime time = problem().units[unit].time;
    return {time.forward_us * device.time_factor, time.backward_us * device.time_factor};
  }

  void read_own_link(JsonObject& object, Device& device) {
    const Link link = read_link(object, fmt::format("device '{}'", device.name));
    device.bandwidth_bytes_per_s = link.bandwidth_bytes_per_s;
    device.latency_us = link.latency_us;
    has_own_link_.push_back(object.has("bandwidth_bytes_per_s"));
    if (has_own_link_.back() || top_.has("links")) return;
    object.fail("bandwidth_bytes_per_s", "is missing (null: the device's link costs nothing)");
  }

  // No bandwidth (null): the link costs nothing, not its latency either.
  Link read_link(JsonObject& object, const std::string& whose) {
    Link link;
    link.latency_us = not_negative(object, "latency_us", 0.0);
    if (object.has("bandwidth_bytes_per_s") && !object.is_null("bandwidth_bytes_per_s")) {
      link.bandwidth_bytes_per_s = positive(object, "bandwidth_bytes_per_s");
    } else if (link.latency_us > 0.0) {
      input_.warnings.push_back(
          fmt::format("latency_us = {} of {} does not count: without a bandwidth its link costs "
                      "nothing",
                      link.latency_us, whose));
      link.latency_us = 0.0;
    }
    return link;
  }

  // Pairs that are not listed have the slower of their devices' own links.
  void read_links() {
    if (!top_.has("links")) return;
    const std::size_t devices = problem().devices.size();
    std::vector<std::vector<std::optional<Link>>> listed(devices,
                                                         std::vector<std::optional<Link>>(devices));
    for (JsonObject& object : top_.objects("links")) read_link_of_pair(object, listed);
    problem().links.assign(devices, std::vector<Link>(devices));
    for (std::size_t from = 0; from < devices; ++from) {
      for (std::size_t to = 0; to < devices; ++to) {
        if (from == to) continue;
        problem().links[from][to] = listed[from][to] ? *listed[from][to] : own_link(from, to);
      }
    }
  }

  void read_link_of_pair(JsonObject& object, std::vector<std::vector<std::optional<Link>>>& all) {
    const int from = device_names_.index_of(object, "from");
    const int to = device_names_.index_of(object, "to");
    if (from == to) object.fail("to", "must be another device than from");
    const bool one_way = object.has("one_way") && object.boolean("one_way");
    if (!object.has("bandwidth_bytes_per_s")) {
      object.fail("bandwidth_bytes_per_s", "is missing (null: the link costs nothing)");
    }
    const Link link =
        read_link(object, fmt::format("link '{}' to '{}'", name_of(from), name_of(to)));
    object.finish();
    const auto set = [&](int a, int b) {
      std::optional<Link>& place = all[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)];
      if (place) {
        object.fail("from", fmt::format("'{}' to '{}' is listed already", name_of(a), name_of(b)));
      }
      place = link;
    };
    set(from, to);
    if (!one_way) set(to, from);
  }

  Link own_link(std::size_t from, std::size_t to) {
    for (const std::size_t device : {from, to}) {
      if (has_own_link_[device]) continue;
      top_.fail(fmt::format("devices[{}].bandwidth_bytes_per_s", device),
                fmt::format("is missing, and links has none from '{}' to '{}'",
                            problem().devices[from].name, problem().devices[to].name));
    }
    const Device& a = problem().devices[from];
    const Device& b = problem().devices[to];
    Link link;
    link.latency_us = std::max(a.latency_us, b.latency_us);
    link.bandwidth_bytes_per_s = a.bandwidth_bytes_per_s;
    if (b.bandwidth_bytes_per_s) {
      link.bandwidth_bytes_per_s =
          std::min(*b.bandwidth_bytes_per_s, link.bandwidth_bytes_per_s.value_or(kAny));
    }
    return link;
  }

  const std::string& name_of(int device) {
    return problem().devices[static_cast<std::size_t>(device)].name;
  }

  void read_settings() {
    Problem& p = problem();
    p.mode = word(top_, "mode", p.mode, {Mode::kFixedAll, Mode::kFixedSkip, Mode::kFree});
    p.objective =
        word(top_, "objective", p.objective, {Objective::kBottleneck, Objective::kMakespan});
    p.duplex = word(top_, "duplex", p.duplex, {Duplex::kHalf, Duplex::kFull});
    p.stash = word(top_, "stash", p.stash, {Stash::kNone, Stash::kActivations, Stash::kPerStage});
    p.memory_factor = positive(top_, "memory_factor", p.memory_factor);
    if (top_.has("micro_batches")) {
      p.micro_batches = static_cast<int>(top_.integer("micro_batches", 1, 1'000'000));
    }
    if (top_.has("first_device_is_fixed")) {
      p.first_device_is_fixed = top_.boolean("first_device_is_fixed");
    }
    p.quality_budget = limit(top_, "quality_budget");
    p.time_tolerance = not_negative(top_, "time_tolerance", 0.0);
  }

  const std::string& origin_;
  JsonObject top_;
  PlanInput input_;
  Names device_names_{"devices", "d", 0};
  std::vector<bool> has_own_link_;  // [devices]
};

}  // namespace

PlanInput problem_from_json(const std::string& text, const std::string& origin) {
  const nlohmann::json json = results::parse_json(text, origin);
  return Reader(json, origin).read();
}

PlanInput read_problem(const std::string& file) {
  const Result<std::string> text = results::read_text(file);
  if (!text) throw ConfigError(text.error().message);
  return problem_from_json(text.value(), file);
}

}  // namespace acceptlab::app
