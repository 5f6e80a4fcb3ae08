// Statistics of columns, as NumPy has them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ansatz::statistics {

/// Of rows, the numbers that are not missing.
std::vector<double> present(const std::vector<double>& numbers,
                            const std::vector<std::int64_t>& rows);

/// Of numbers, which may be none: then all is 0.
struct Summary {
  double mean = 0, deviation = 0, least = 0, greatest = 0;
};
/// In two walks: a variance from sums of squares loses the digits of a large mean.
Summary summary(const std::vector<double>& numbers);
double median(std::vector<double> numbers);
/// The most frequent number; of equal ones the least.
double mode(std::vector<double> numbers);

/// Texts as numbers; nothing where one is none.
std::optional<std::vector<double>> as_numbers(const std::vector<std::string>& texts);
/// A text of its own for each number, as it is written in decimals: of 1, 1.0 and 1e0 it is the
/// same, and of numbers that differ by less than a double holds it is not. "" for what is no
/// number.
std::string number_key(const std::string& text);
/// Their places in order: as numbers where all are, else by bytes.
std::vector<std::size_t> sorted_texts(const std::vector<std::string>& texts);

}  // namespace ansatz::statistics
