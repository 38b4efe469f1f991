#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "predictor/sub_model_predictor.h"

namespace acceptlab::app {

// A device whose sub-models were measured.
struct Persona {
  std::string name;
  double cores = 1.0;  // processors it may use
  std::map<UnitRange, StageTime> times;
};

// Measured personas of one model at one mini-batch.
struct PersonaTable {
  std::string model;
  double width = 1.0;
  int batch_samples = 0;
  int units = 0;
  std::vector<Persona> personas;
};

// Reads FILE.csv (first_unit, last_unit, then PERSONA_forward_us and PERSONA_backward_us of each;
// empty where not measured) and FILE.personas.csv (persona, model, width, batch_samples, cores and
// more), as tools/measure_personas writes them. Throws ConfigError, naming file, line and column,
// on: a file that cannot be read, a missing column, a unit or time that is none or out of range, a
// sub-model twice, a persona that the other file does not know, or of another model or batch.
PersonaTable read_persona_table(const std::filesystem::path& csv);

// The table without the personas of these names. Throws ConfigError where it has no such persona,
// or no other.
PersonaTable without(PersonaTable table, const std::vector<std::string>& names);

// What a predictor learns of a persona.
predictor::DeviceObservations observations_of(const Persona& persona, int units);

// The persona's times of these sub-models. Throws ConfigError, naming both, where one was not
// measured.
std::vector<predictor::TimedSubModel> timed(const Persona& persona,
                                            const std::vector<UnitRange>& sub_models);

}  // namespace acceptlab::app
