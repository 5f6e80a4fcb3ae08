#include "statistics.hpp"

#include <ansatz/files/csv.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ansatz::statistics {

std::vector<double> present(const std::vector<double>& numbers,
                            const std::vector<std::int64_t>& rows) {
  std::vector<double> there;
  there.reserve(rows.size());
  for (const std::int64_t row : rows)
    if (const double x = numbers[static_cast<std::size_t>(row)]; !std::isnan(x)) there.push_back(x);
  return there;
}

Summary summary(const std::vector<double>& numbers) {
  Summary of;
  if (numbers.empty()) return of;
  const auto [least, greatest] = std::minmax_element(numbers.begin(), numbers.end());
  of.least = *least;
  of.greatest = *greatest;
  const auto count = static_cast<double>(numbers.size());
  // About one of the numbers, so that those which are all equal have no deviation from rounding.
  const double about = numbers.front();
  double sum = 0, squares = 0;
  for (const double x : numbers) sum += (x - about) / count;
  of.mean = about + sum;
  for (const double x : numbers) squares += (x - of.mean) * (x - of.mean);
  of.deviation = of.greatest > of.least ? std::sqrt(squares / count) : 0;
  return of;
}

double median(std::vector<double> numbers) {
  if (numbers.empty()) return 0;
  std::sort(numbers.begin(), numbers.end());
  const std::size_t half = numbers.size() / 2;
  return numbers.size() % 2 ? numbers[half] : numbers[half - 1] / 2 + numbers[half] / 2;
}

double mode(std::vector<double> numbers) {
  if (numbers.empty()) return 0;
  std::sort(numbers.begin(), numbers.end());
  double found = numbers.front();
  std::size_t most = 0;
  for (std::size_t begin = 0, end = 0; begin < numbers.size(); begin = end) {
    while (end < numbers.size() && numbers[end] == numbers[begin]) ++end;
    if (end - begin <= most) continue;
    most = end - begin;
    found = numbers[begin];
  }
  return found;
}

std::optional<std::vector<double>> as_numbers(const std::vector<std::string>& texts) {
  std::vector<double> values(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i)
    if (!csv_value(texts[i], values[i]) || std::isnan(values[i])) return std::nullopt;
  return values;
}

std::vector<std::size_t> sorted_texts(const std::vector<std::string>& texts) {
  const auto values = as_numbers(texts);
  std::vector<std::size_t> order(texts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (values && (*values)[a] != (*values)[b]) return (*values)[a] < (*values)[b];
    return texts[a] < texts[b];
  });
  return order;
}

}  // namespace ansatz::statistics
