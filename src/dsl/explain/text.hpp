// Words, numbers and columns of explanations.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <dsl/ir/graph.hpp>
#include <dsl/plan/plan.hpp>

namespace ansatz::explaining {

/// Names of run-time extents by their code, in the order of their index.
class Extents {
 public:
  explicit Extents(const ir::Graph& g);
  explicit Extents(const ir::PlanView& plan);
  int count() const { return static_cast<int>(names_.size()); }
  const std::string& name(int index) const { return names_[index].second; }
  /// "examples", "784" or "any".
  std::string dimension(int dim) const;
  /// "[examples, 784]"
  std::string shape(const ir::Shape& shape) const;
  /// "7,840 x examples"
  std::string count(const ir::Count& c) const;

 private:
  std::vector<std::pair<int, std::string>> names_;
};

/// 1234567 as "1,234,567".
std::string grouped(std::int64_t n);
/// 1234567 as "1.23 M", 12 as "12 ": a unit follows.
std::string rounded(double n);
/// "3 loops", "1 loop"
std::string plural(std::int64_t n, const std::string& noun);

/// Elements, bytes or operations of a whole call: a constant and a factor of each extent, and of
/// products of two of them nothing is known but the number.
struct Total {
  std::vector<double> factor;  ///< [0] constant, [1 + e] of extent e
  void add(const ir::Count& c, double times = 1);
  double at(double extent) const;
  /// "31,400 + 8,040 x examples"; `unit` (" bytes") follows each number.
  std::string text(const Extents& extents, const std::string& unit = "") const;
};

/// Rows of cells, printed in columns as wide as their widest cell.
class Table {
 public:
  /// @param align  a letter a column: l or r
  explicit Table(std::string align) : align_(std::move(align)) {}
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  std::string text(int indent = 2) const;

 private:
  std::string align_;
  std::vector<std::vector<std::string>> rows_;
};

/// A heading and a line under it.
std::string heading(const std::string& text);

/// Text of an expression and how tightly its outermost operator binds: 0 loosest, `atom` tightest.
struct Phrase {
  static constexpr int atom = 9;
  std::string text;
  int binds = atom;
};

/// How an op is written: infix, as a function, or in its own way. `name` is OpInfo's name.
Phrase phrase_of(const std::string& name, const std::vector<Phrase>& in);
std::string in_parentheses_below(const Phrase& p, int binds);

}  // namespace ansatz::explaining
