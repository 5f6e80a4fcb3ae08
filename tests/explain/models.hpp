// Small functions to be explained, and what is looked for in an explanation.
#pragma once

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <dsl/explain.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

namespace explain_test {

using namespace ansatz;

inline constexpr auto softmax_regression = [] {
  const auto x = input<VectorSpace<784>>("x");
  const auto y = input<IndexSpace<10>>("y");
  const auto W = parameter<Matrix<784, 10>>("W");
  const auto b = parameter<VectorSpace<10>>("b");
  const auto learning_rate = scalar("learning_rate", 0.1);
  const auto cost = mean(cross_entropy(softmax(matmul(x, W) + b), y));
  return function(output("cost", cost), update(W, W - learning_rate * grad(cost, W)),
                  update(b, b - learning_rate * grad(cost, b)));
};

/// y = 2 x + 1 of three numbers an example.
inline Function line() { return function(output("y", 2 * input<VectorSpace<3>>("x") + 1)); }

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines(1);
  for (char c : text) {
    if (c == '\n')
      lines.emplace_back();
    else
      lines.back() += c;
  }
  return lines;
}

/// The text with runs of spaces as one, so that columns may be of any width.
inline std::string narrow(const std::string& text) {
  std::string out;
  for (char c : text)
    if (c != ' ' || out.empty() || (out.back() != ' ' && out.back() != '\n')) out += c;
  return out;
}

/// What stands in columns, however wide they are.
inline auto Prints(const std::string& words) {
  struct Matcher : Catch::MatcherBase<std::string> {
    explicit Matcher(std::string w) : words(std::move(w)) {}
    bool match(const std::string& text) const override {
      return narrow(text).find(words) != std::string::npos;
    }
    std::string describe() const override { return "says \"" + words + "\""; }
    std::string words;
  };
  return Matcher(words);
}

}  // namespace explain_test
