// The program gnuplot, when it is there.
#pragma once

#include <string>

namespace ansatz::drawing {

/// What gnuplot writes to its output for a script that reads `data` under the name that `script`
/// is told. FileError when it is not there or fails, with what it says.
std::string run_gnuplot(const std::string& script, const std::string& data);

/// A text as a field of the data, which gnuplot reads as it would a text in double quotes.
std::string as_field(const std::string& text);

/// What run_gnuplot calls the data.
inline constexpr const char* data_name = "curves.dat";

}  // namespace ansatz::drawing
