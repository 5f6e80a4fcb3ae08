// All of the library: the language, models, costs, data, training. Its parts compile faster:
// dsl/dsl.hpp, ansatz/layers.hpp, ansatz/costs.hpp, ansatz/data.hpp, ansatz/training.hpp.
#pragma once

#include <ansatz/costs.hpp>
#include <ansatz/data.hpp>
#include <ansatz/job/first_values.hpp>
#include <ansatz/layers.hpp>
#include <ansatz/training.hpp>
#include <dsl/dsl.hpp>
