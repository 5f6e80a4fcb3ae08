// SharedSetter: values that change at given epochs.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/extension.hpp>

#include <initializer_list>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Once this many epochs have been seen, the variable has this value.
struct EpochUpdate {
  int epoch = 0;
  String variable;
  double value = 0;
  constexpr bool operator==(const EpochUpdate& other) const {
    return epoch == other.epoch && variable == other.variable && value == other.value;
  }
};
template <class Value>
bool read_value(const Value& from, EpochUpdate& to) {
  const auto items = from.items();
  if (!from.is_list() || items.size() != 3) {
    from.refuse("[epoch, name of a number, value]");
    return false;
  }
  const bool epoch = read_value(items[0], to.epoch);
  const bool name = read_value(items[1], to.variable);
  return read_value(items[2], to.value) && epoch && name;
}
inline const char* value_type(const EpochUpdate*) { return "[epoch, name, value]"; }
inline void write_value(Describer& to, const EpochUpdate& update) {
  to.open_list();
  to.integer(update.epoch);
  to.text(update.variable.view());
  to.number(update.value);
  to.close();
}

/// Sets settings such as "learning_rate" or "momentum", or all elements of a parameter, when the
/// monitor has seen so many epochs: SharedSetter({{10, "learning_rate", .001}}). NameError, with
/// the nearest name, for a variable the job does not have; ValueError for a value that the job
/// could not have said either, such as a learning_rate below 0.
class SharedSetter : public Extension {
 public:
  static constexpr const char* yaml = "pylearn2.train_extensions.SharedSetter";
  static constexpr const char* doc = "sets named numbers of the job at given epochs";
  ir::List<EpochUpdate> epoch_updates;

  constexpr SharedSetter() {}
  constexpr explicit SharedSetter(std::initializer_list<EpochUpdate> updates) {
    for (const EpochUpdate& each : updates) epoch_updates.push_back(each);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("epoch_updates", &SharedSetter::epoch_updates, "[epoch, variable, value], …");
  }

  void check() const;
  void check_job(const JobFacts& facts) const override;
  std::unique_ptr<ExtensionRun> start(Session& session) const override;
};

}  // namespace ansatz
