// Programs of the language as text, one line a value (programs/README.md), and what they must give.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include <dsl/function.hpp>
#include <dsl/program.hpp>

#include "reference.hpp"

namespace fuzz {

/// An array of numbers: all of them if they are few, else sums that tell any of them.
struct Expected {
  std::string name;
  std::vector<long> dims;
  std::vector<double> numbers;
};

struct ProgramText {
  std::string title;
  std::vector<std::string> lines;
  std::vector<Expected> expected;
  double in_double = 0, in_float = 0;  ///< tolerances; float: 0 where rounding decides too much
  std::uint64_t seed = 0;
  long examples = 0, chains = 0;
};

/// The next program of the file; of no lines at its end.
ProgramText read_program(std::istream& in);

struct Made {
  ansatz::Function function;
  Environment environment;
};
/// Calls the language's functions, line by line, as a user would at run time.
/// Errors: what they throw.
Made make_program(const ProgramText& text);

/// Those of the file that are compiled, too: globals of a file without optimisation, and of another
/// with -O3.
struct StaticProgram {
  std::uint64_t seed;
  ansatz::Program<double>* program;
};
std::vector<StaticProgram> programs_o0();
std::vector<StaticProgram> programs_o3();

/// Nothing, or which number is not what it must be.
std::string difference(const std::map<std::string, Tensor>& found,
                       const std::vector<Expected>& expected, double tolerance);

}  // namespace fuzz
