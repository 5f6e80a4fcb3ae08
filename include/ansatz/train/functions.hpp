// The functions of a job.
#pragma once

#include <ansatz/compiled_once.hpp>
#include <ansatz/train/train.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

namespace train {

/// Whether a value changes with the batch: it reads an input, or draws random numbers.
constexpr bool varies(const AnyExpr& x) {
  ir::List<ir::Term*> seen, stack;
  ir::Graph mark;  // its address says "seen"
  if (x.value().term()) stack.push_back(x.value().term());
  bool found = false;
  while (!stack.empty()) {
    ir::Term* t = stack.back();
    stack.pop_back();
    if (t->home == &mark) continue;
    t->home = &mark;
    seen.push_back(t);
    if (t->op == ir::info_of<ops::Input> || t->op == ir::info_of<ops::RandomSite>) found = true;
    for (const ir::Value& in : t->in)
      if (in.term()) stack.push_back(in.term());
  }
  for (ir::Term* t : seen) t->home = nullptr;
  return found;
}

}  // namespace train

constexpr NamedFunction Train::function(int index) const {
  const int own = algorithm->function_count();
  if (index < own) return algorithm->function(*this, index);
  NamedFunction f;
  const auto put = [&](const Channel& c) {
    const String name = c.name + Channel::endings[static_cast<int>(c.gathered)];
    f.function.add(output(name.c_str(), c.value));
    if (c.gathered < Gathered::ratio) return;
    const String divisor = c.name + Channel::divisor_ending;
    f.function.add(output(divisor.c_str(), c.per));
  };
  if (index == own || index == own + 1) {
    f.name = index == own ? "monitor" : "monitor_parameters";
    const ChannelList list = channels(data());
    for (const Channel& c : list)
      if ((c.gathered != Gathered::mean || train::varies(c.value)) == (index == own)) put(c);
  } else if (index == own + 2) {
    f.name = "monitor_settings";
    ChannelList list;
    algorithm->channels(*model, list);
    for (const Channel& c : list) put(c);
  } else {
    f.name = "predict";
    // A model that trains itself need not have an output.
    if (own == 0 && model->trains_itself()) return f;
    Data inputs;
    const Data from = data();
    for (const auto& each : from.sources())
      if (each.source == model->input_source().view()) inputs.add(each.source, each.signal.space);
    f.function.add(output("", model->output(inputs[model->input_source()]).value()));
  }
  return f;
}

}  // namespace ansatz
