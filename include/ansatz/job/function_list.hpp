// FunctionList: the functions of a job, as its parts contribute them.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/string.hpp>
#include <dsl/function.hpp>

#include <type_traits>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A function of a job under the name by which it is found when the job runs.
struct NamedFunction {
  String name;
  String owner;  ///< the part of the job that contributed it, for messages: "the algorithm"
  Function function;
};

/// What algorithm, cost, model and extensions add their functions to: "step", "predict", "sample",
/// …. Where only names or one function are asked for, no other is made: a program is compiled for
/// each, and would otherwise make all of them. So what data a part reads it reads in its `make`.
class FunctionList {
 public:
  static constexpr int none = -1, all = -2;

  /// @param made  `all`, `none`, or the index of the only function to be made
  constexpr explicit FunctionList(int made = all) : made_(made) {}

  /// Adds the Function that `make()` returns. Error, naming both owners, when the name is taken.
  template <class Make>
    requires std::is_invocable_r_v<Function, const Make&>
  constexpr void add(const String& name, const Make& make) {
    if (const NamedFunction* const known = find(name)) {
      const String text =
          "the function \"" + name + "\" is contributed by " + known->owner + " and by " + owner_;
      graph_error(text.c_str());
      return;
    }
    NamedFunction added;
    added.name = name;
    added.owner = owner_;
    if (made_ == all || made_ == list_.size()) added.function = make();
    list_.push_back(added);
  }
  /// Whose functions the next are.
  constexpr void owner(const String& part) { owner_ = part; }

  constexpr const NamedFunction* find(std::string_view name) const {
    for (const NamedFunction& each : list_)
      if (each.name == name) return &each;
    return nullptr;
  }
  constexpr int size() const { return list_.size(); }
  constexpr const NamedFunction& operator[](int i) const { return list_[i]; }
  constexpr const NamedFunction* begin() const { return list_.begin(); }
  constexpr const NamedFunction* end() const { return list_.end(); }

 private:
  int made_;
  String owner_;
  ir::List<NamedFunction> list_;
};

}  // namespace ansatz
