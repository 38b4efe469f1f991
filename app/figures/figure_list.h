#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace acceptlab::app {

// Where a figure's data come from. Exactly one of scenario, command and folder is given.
struct FigureStep {
  std::string name;                 // of its folder
  std::string scenario;             // file of a sweep
  std::vector<std::string> set;     // --set of the sweep
  std::vector<std::string> tables;  // of its runs: kept beside sweep.csv, a column `point` in front
  std::vector<std::string> command;     // or a command of acceptlab, without that word
  std::string output;                   // file for what the command prints; empty: only a log
  std::vector<std::string> with_quick;  // --quick: further --set, or further words
  std::string folder;   // or tables that were measured otherwise: a folder with CSV files
  std::string made_by;  // of a folder: the command that makes it
};

struct Figure {
  std::string name;
  std::string title;
  std::string shows;
  std::vector<FigureStep> steps;
};

// What the words of a step may hold: {here}, the folder of the list; {out}, where results go;
// {traces}, the folder of recorded traces.
inline constexpr const char* kHere = "{here}";
inline constexpr const char* kOut = "{out}";
inline constexpr const char* kTraces = "{traces}";

// Reads a list of figures (TOML, see scenarios/paper/figures.toml). Throws ConfigError that lists
// every mistake, "figures.toml:12: ...": an unknown or missing key, a value of another type, a name
// twice or none for a folder, a step with no source of data or with several.
std::vector<Figure> read_figures(const std::filesystem::path& file);

// Those of these names, in the order of the list; all where there are no names. Throws ConfigError
// where there is none of a name.
std::vector<Figure> chosen_figures(const std::vector<Figure>& all,
                                   const std::vector<std::string>& names);

// Whether the step needs a folder of recorded traces.
bool needs_traces(const FigureStep& step);

// The text with each `what` replaced.
std::string with_replaced(std::string text, const std::string& what, const std::string& by);

}  // namespace acceptlab::app
