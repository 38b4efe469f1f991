#pragma once

#include <string>

namespace acceptlab::app {

// The share of the signal's power that a codec loses, from 0 (nothing): 10^(-SNR / 10), measured on
// made-up values that are always the same. An order of codecs, no forecast of accuracy.
// Activations: of a ReLU6; gradients: of a Laplace distribution.
double lost_of_activations(const std::string& codec);
double lost_of_gradients(const std::string& codec);

}  // namespace acceptlab::app
