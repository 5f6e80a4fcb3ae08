#include "text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace ansatz::explaining {

Extents::Extents(const ir::Graph& g) {
  for (int e = 0; e < g.extent_codes.size(); ++e)
    names_.emplace_back(g.extent_codes[e], g.text.data() + g.extent_names[e]);
}

Extents::Extents(const ir::PlanView& plan) {
  for (int e = 0; e < plan.extents.size; ++e)
    names_.emplace_back(plan.extents[e], plan.text.data + plan.extent_names[e]);
}

std::string Extents::dimension(int dim) const {
  for (const auto& [code, name] : names_)
    if (code == dim) return name;
  if (ir::is_extent(dim)) return "run-time size";
  return dim == any ? "any" : std::to_string(dim);
}

std::string Extents::shape(const ir::Shape& shape) const {
  std::string out = "[";
  for (int k = 0; k < shape.rank; ++k) out += (k ? ", " : "") + dimension(shape[k]);
  return out + "]";
}

std::string Extents::count(const ir::Count& c) const {
  if (!c.extent) return grouped(c.n);
  return (c.n == 1 ? "" : grouped(c.n) + " x ") + name(c.extent - 1);
}

std::string grouped(std::int64_t n) {
  std::string digits = std::to_string(n);
  const int first = n < 0 ? 1 : 0;
  for (int at = static_cast<int>(digits.size()) - 3; at > first; at -= 3) digits.insert(at, ",");
  return digits;
}

std::string rounded(double n) {
  const char* units[] = {" ", " k", " M", " G", " T", " P"};
  int unit = 0;
  while (n >= 999.5 && unit < 5) n /= 1000, ++unit;
  char out[48];
  std::snprintf(out, sizeof out, "%.*f%s",
                unit == 0 || n >= 99.95 ? 0
                : n >= 9.995            ? 1
                                        : 2,
                n, units[unit]);
  return out;
}

std::string plural(std::int64_t n, const std::string& noun) {
  return grouped(n) + " " + noun + (n == 1 ? "" : "s");
}

void Total::add(const ir::Count& c, double times) {
  const std::size_t at = static_cast<std::size_t>(c.extent);
  if (factor.size() <= at) factor.resize(at + 1);
  factor[at] += static_cast<double>(c.n) * times;
}

double Total::at(double extent) const {
  double sum = 0;
  for (std::size_t k = 0; k < factor.size(); ++k) sum += factor[k] * (k ? extent : 1);
  return sum;
}

std::string Total::text(const Extents& extents, const std::string& unit) const {
  std::string out;
  for (std::size_t k = 0; k < factor.size(); ++k) {
    if (factor[k] == 0) continue;
    if (!out.empty()) out += " + ";
    out += grouped(std::llround(factor[k])) + unit;
    if (k) out += " x " + extents.name(static_cast<int>(k) - 1);
  }
  return out.empty() ? "0" + unit : out;
}

std::string Table::text(int indent) const {
  std::vector<std::size_t> width;
  for (const auto& row : rows_)
    for (std::size_t k = 0; k < row.size(); ++k) {
      if (width.size() <= k) width.push_back(0);
      // A row of one cell is a remark across all columns.
      if (row.size() > 1) width[k] = std::max(width[k], row[k].size());
    }
  std::string out;
  for (const auto& row : rows_) {
    std::string line(static_cast<std::size_t>(indent), ' ');
    for (std::size_t k = 0; k < row.size(); ++k) {
      const std::size_t pad = row[k].size() < width[k] ? width[k] - row[k].size() : 0;
      const bool right = k < align_.size() && align_[k] == 'r';
      if (k) line += "  ";
      if (right) line.append(pad, ' ');
      line += row[k];
      if (!right) line.append(pad, ' ');
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    out += line + "\n";
  }
  return out;
}

std::string heading(const std::string& text) {
  return text + "\n" + std::string(text.size(), '-') + "\n";
}

std::string in_parentheses_below(const Phrase& p, int binds) {
  return p.binds < binds ? "(" + p.text + ")" : p.text;
}

Phrase phrase_of(const std::string& name, const std::vector<Phrase>& in) {
  struct Infix {
    const char* name;
    const char* sign;
    int binds;
  };
  static constexpr Infix infixes[] = {
      {"equal", "==", 1},   {"not_equal", "!=", 1},     {"less", "<", 2},   {"less_equal", "<=", 2},
      {"greater", ">", 2},  {"greater_equal", ">=", 2}, {"add", "+", 3},    {"subtract", "-", 3},
      {"multiply", "*", 4}, {"divide", "/", 4},         {"matmul", "@", 4},
  };
  for (const Infix& i : infixes)
    if (name == i.name && in.size() == 2)
      // The right side of a - (b + c), and also of a + (b + c), whose bits differ from (a + b) + c.
      return {in_parentheses_below(in[0], i.binds) + " " + i.sign + " " +
                  in_parentheses_below(in[1], i.binds + 1),
              i.binds};
  if (name == "negate" && in.size() == 1) return {"-" + in_parentheses_below(in[0], 5), 3};
  if (name == "square" && in.size() == 1) return {in_parentheses_below(in[0], 7) + "^2", 6};
  if (name == "pow" && in.size() == 2)
    return {in_parentheses_below(in[0], 7) + "^" + in_parentheses_below(in[1], 7), 6};
  if (name == "copy" && in.size() == 1) return in[0];
  std::string text = name + "(";
  for (std::size_t k = 0; k < in.size(); ++k) text += (k ? ", " : "") + in[k].text;
  return {text + ")"};
}

}  // namespace ansatz::explaining
