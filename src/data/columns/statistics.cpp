#include "statistics.hpp"

#include <ansatz/files/csv.hpp>

#include <algorithm>
#include <charconv>
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

std::string number_key(const std::string& text) {
  double value = 0;
  if (!csv_value(text, value) || std::isnan(value)) return "";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  // Sign, digits without zeros around them, and the power of ten behind.
  std::string digits;
  std::int64_t power = 0;
  bool negative = false, behind_point = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c >= '0' && c <= '9') {
      if (c != '0' || !digits.empty()) digits += c;
      power -= behind_point;
    } else if (c == '.') {
      behind_point = true;
    } else if (c == '-') {
      negative = true;
    } else if (c == 'e' || c == 'E') {
      const std::size_t begin = i + 1 < text.size() && text[i + 1] == '+' ? i + 2 : i + 1;
      std::int64_t exponent = 0;
      // Beyond that range it is 0, or no number.
      if (std::from_chars(text.data() + begin, text.data() + text.size(), exponent).ec !=
              std::errc{} ||
          exponent < -1'000'000'000 || exponent > 1'000'000'000)
        return "0";
      power += exponent;
      break;
    }
  }
  while (digits.ends_with('0')) digits.pop_back(), ++power;
  if (digits.empty()) return "0";
  return (negative ? "-" : "") + digits + "e" + std::to_string(power);
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
