// The functions of the monitor: all channels of a job.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/algorithm.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/extension.hpp>
#include <ansatz/job/model.hpp>
#include <dsl/function.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

namespace train {

/// Whether a value changes with the batch: it reads an input, or draws random numbers.
/// Remembers what it has seen, so that many values of one graph take the time of the graph.
class Varying {
 public:
  constexpr Varying() {}
  Varying(const Varying&) = delete;
  Varying& operator=(const Varying&) = delete;
  constexpr ~Varying() {
    for (ir::Term* t : seen_) t->seen = nullptr;
  }

  constexpr bool operator()(const AnyExpr& x) {
    ir::Term* const root = x.value().term();
    if (!root) return false;
    stack_.push_back({root, 0});
    while (!stack_.empty()) {
      Visit& top = stack_.back();
      ir::Term* const t = top.term;
      if (top.next == 0 && !t->seen) {
        const bool source =
            t->op == ir::info_of<ops::Input> || t->op == ir::info_of<ops::RandomSite>;
        t->seen = source ? &varies_ : &fixed_;
        seen_.push_back(t);
      }
      if (t->seen == &varies_ || top.next == t->in.size()) {
        stack_.pop_back();
        if (!stack_.empty() && t->seen == &varies_) stack_.back().term->seen = &varies_;
        continue;
      }
      ir::Term* const in = t->in[top.next++].term();
      if (in && in->seen == &varies_)
        t->seen = &varies_;
      else if (in && !in->seen)
        stack_.push_back({in, 0});
    }
    return root->seen == &varies_;
  }

 private:
  struct Visit {
    ir::Term* term = nullptr;
    int next = 0;
  };
  // Marks: only their addresses count.
  ir::Term varies_, fixed_;
  ir::List<Visit> stack_;
  ir::List<ir::Term*> seen_;
};

// A channel as outputs of a function: its value and, of a ratio, what it is divided by.
constexpr void put(const Channel& c, Function& f) {
  const String name = c.name + Channel::endings[static_cast<int>(c.gathered)];
  f.add(output(name.c_str(), c.value));
  if (c.gathered < Gathered::ratio) return;
  const String divisor = c.name + Channel::divisor_ending;
  f.add(output(divisor.c_str(), c.per));
}

/// "monitor": of `list`, the channels that read data.
/// "monitor_parameters": those that do not.
constexpr Function monitor_function(const ChannelList& list, bool of_data) {
  Function f;
  Varying varies;
  for (const Channel& c : list)
    if ((c.gathered != Gathered::mean || varies(c.value)) == of_data) put(c, f);
  return f;
}

/// "monitor_settings": the channels of the algorithm itself.
constexpr Function settings_function(const Model& model, const TrainingAlgorithm& algorithm) {
  Function f;
  ChannelList list;
  algorithm.channels(model, list);
  for (const Channel& c : list) put(c, f);
  return f;
}

/// The Space of a source of a data set as a job reads it.
constexpr SpaceInfo read_space(const Dataset& dataset,
                               const ir::List<Shared<Extension>>& extensions,
                               std::string_view source) {
  SpaceInfo space = dataset.read_space(source);
  for (const Shared<Extension>& each : extensions) space = each->read_space(dataset, source, space);
  return space;
}

/// The same sources, each in the Space in which the data set has it, where that is known.
constexpr Data as_in(const Data& wanted, const Dataset* dataset,
                     const ir::List<Shared<Extension>>& extensions) {
  Data there;
  for (const auto& each : wanted.sources()) {
    SpaceInfo known;
    if (dataset) known = read_space(*dataset, extensions, each.source);
    there.add(each.source, known.kind == SpaceKind::null ? each.signal.space : known);
  }
  return there;
}

}  // namespace train

}  // namespace ansatz
